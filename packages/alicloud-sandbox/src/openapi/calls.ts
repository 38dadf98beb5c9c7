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

/** The latest calls of the cloud's API, in memory only. */
export class CallLog {
  /** Calls so far: whoever shows the log asks whether it grew. */
  total = 0;
  private readonly calls: CallRecord[] = [];

  constructor(private readonly capacity = 100) {}

  add(call: CallRecord): void {
    this.total++;
    this.calls.push(call);
    if (this.calls.length > this.capacity) this.calls.shift();
  }

  /** Newest first. */
  latest(): CallRecord[] {
    return [...this.calls].reverse();
  }
}
