/** How large the sandbox has to be. */
export const CLUSTERS = 20;
export const PODS_PER_CLUSTER = 2000;
export const DEPLOYMENTS_PER_CLUSTER = 300;
export const NAMESPACES_PER_CLUSTER = 10;
export const NODES_PER_CLUSTER = 40;

/** What the server process tells: once when it serves, and after every question. */
export interface ServerReport {
  kubeconfigs: string[];
  /** Bytes, after a garbage collection. */
  rss: number;
  heapUsed: number;
}

/** What it is asked: to collect garbage and report, or to stop. */
export type ServerQuestion = 'report' | 'stop';
