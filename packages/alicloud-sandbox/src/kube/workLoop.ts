/** So long, in real milliseconds, controllers may work before clients get their turn. */
const SLICE_MS = 5;

/** Where the controllers of all clusters do their work: in order, in slices between which the process answers clients. */
export class WorkLoop {
  private queue: (() => void)[] = [];
  private next = 0;
  private scheduled = false;

  /** Whether work waits for its turn. */
  get busy(): boolean {
    return this.queue.length > 0;
  }

  /** Runs `work` soon, after everything that was added before. It must not throw. */
  add(work: () => void): void {
    this.queue.push(work);
    this.schedule();
  }

  private schedule() {
    if (this.scheduled || this.queue.length === 0) return;
    this.scheduled = true;
    setImmediate(() => this.run());
  }

  private run() {
    this.scheduled = false;
    const end = performance.now() + SLICE_MS;
    while (this.next < this.queue.length && performance.now() < end) {
      const work = this.queue[this.next];
      this.next += 1;
      work();
    }
    if (this.next === this.queue.length || this.next > 1000) {
      this.queue = this.queue.slice(this.next);
      this.next = 0;
    }
    this.schedule();
  }
}
