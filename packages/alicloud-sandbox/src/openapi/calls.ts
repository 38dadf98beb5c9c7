/** One call of the cloud's API as the server saw it. */
export interface CallRecord {
  /** ISO 8601, when the request had been read. */
  time: string;
  /** Product code (`Vpc`, `CS`, …); empty when the request was refused before that was known. */
  product: string;
  operation: string;
  regionId: string;
  /** HTTP status; 0 when the connection was dropped instead of answering. */
  status: number;
  /** Alibaba's error code; empty after success. */
  code: string;
  durationMs: number;
}

/** How many calls there were and the latest of them, in memory only. */
export class CallLog {
  /** Calls so far: whoever shows the log asks whether it grew. */
  total = 0;
  private readonly counts = new Map<string, number>();
  private readonly calls: CallRecord[] = [];

  constructor(private readonly capacity = 100) {}

  add(call: CallRecord): void {
    this.total++;
    const name = `${call.product}.${call.operation}`;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    this.calls.push(call);
    if (this.calls.length > this.capacity) this.calls.shift();
  }

  /** Calls so far by `Product.Operation`, in alphabetical order. */
  byOperation(): Record<string, number> {
    return Object.fromEntries([...this.counts].sort());
  }

  /** Newest first. */
  latest(): CallRecord[] {
    return [...this.calls].reverse();
  }
}
