import type { Attempt } from './proxy';

/** One hop as its calling proxy saw it. Served on the control API only. */
export interface HopTrace {
  time: string;
  requestId: string;
  caller: {
    clusterId: string;
    region: string;
    zone: string;
    namespace: string;
    pod: string;
    /** `gateway`, `sidecar`, or `none` (kube-proxy). */
    proxy: 'gateway' | 'sidecar' | 'none';
  };
  destination: { host: string; port: number; subset?: string; path: string };
  attempts: Attempt[];
  /** 0 when the caller gave up before an answer. */
  status: number;
  /** Envoy's response flag: `-`, UH, UF, UT, NC, NR, DC. */
  flag: string;
  durationMs: number;
}

/** A ring buffer of hops. */
export class TraceLog {
  private hops: HopTrace[] = [];
  /** Where the oldest hop is, and the next goes, once the ring is full. */
  private oldest = 0;

  constructor(private readonly capacity: number) {}

  add(hop: HopTrace): void {
    if (this.hops.length < this.capacity) {
      this.hops.push(hop);
    } else {
      this.hops[this.oldest] = hop;
      this.oldest = (this.oldest + 1) % this.capacity;
    }
  }

  clear(): void {
    this.hops = [];
    this.oldest = 0;
  }

  /** Newest first. */
  latest(limit: number): HopTrace[] {
    const inOrder = [
      ...this.hops.slice(this.oldest),
      ...this.hops.slice(0, this.oldest),
    ];
    return limit > 0 ? inOrder.slice(-limit).reverse() : [];
  }
}
