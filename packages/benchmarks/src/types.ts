/** Order statistics of one series, in the unit of its case. */
export interface Figures {
  n: number;
  min: number;
  p50: number;
  p99: number;
  max: number;
}

export interface CaseResult {
  case: string;
  unit: 'ms' | 'MiB' | 'requests';
  ours: Figures;
  /** The same work by another program, measured in the same run, alternating. Null when no other program does it. */
  peer: (Figures & { name: string }) | null;
  /** Peer's p50 divided by ours; above 1 means ours is faster (smaller). */
  ratio: number | null;
  goal: string;
  met: boolean;
}

export interface Benchmark {
  name: string;
  /** One line for the list. */
  description: string;
  run(): Promise<CaseResult[]>;
}
