/** When the wait for something was over: between its last look that said "not yet" and the next, ms since it began. */
interface Wait {
  pendingMs: number;
  doneMs: number;
}

/**
 * How long things of each kind took in this run. Thirty clusters take about the same time; the first few tell when it pays
 * to look at the others, so that these are neither looked at in vain nor found late.
 */
export class Experience {
  private readonly waits = new Map<string, Wait>();
  private readonly asleep = new Map<string, Set<() => void>>();

  /** Another thing of this kind is done. One that differs from those before it is believed, not they. */
  learn(kind: string, wait: Wait): void {
    const known = this.waits.get(kind);
    const differs =
      !known ||
      wait.doneMs <= known.pendingMs ||
      wait.pendingMs >= known.doneMs;
    this.waits.set(
      kind,
      differs
        ? wait
        : {
            pendingMs: Math.max(known.pendingMs, wait.pendingMs),
            doneMs: Math.min(known.doneMs, wait.doneMs),
          },
    );
    for (const wake of this.asleep.get(kind) ?? []) wake();
  }

  /** Calls `wake` whenever another thing of this kind is done, until what it returns is called. */
  onNews(kind: string, wake: () => void): () => void {
    const listeners = this.asleep.get(kind) ?? new Set();
    this.asleep.set(kind, listeners.add(wake));
    return () => listeners.delete(wake);
  }

  /**
   * When to look at a thing of this kind that was still pending at its latest look: halfway into the time in which the others
   * were done, or at its end.
   *
   * @returns ms since its wait began; undefined when nothing is known, or when this one takes longer than the others
   */
  nextLook(kind: string, pendingMs: number): number | undefined {
    const known = this.waits.get(kind);
    if (!known || pendingMs >= known.doneMs) return undefined;
    const middle = (known.pendingMs + known.doneMs) / 2;
    return pendingMs < middle ? middle : known.doneMs;
  }
}
