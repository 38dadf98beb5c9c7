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
  private readonly hops: HopTrace[] = [];

  constructor(private readonly capacity: number) {}

  add(hop: HopTrace): void {
    this.hops.push(hop);
    if (this.hops.length > this.capacity) {
      this.hops.splice(0, this.hops.length - this.capacity);
    }
  }

  clear(): void {
    this.hops.length = 0;
  }

  /** Newest first. */
  latest(limit: number): HopTrace[] {
    return limit > 0 ? this.hops.slice(-limit).reverse() : [];
  }
}
