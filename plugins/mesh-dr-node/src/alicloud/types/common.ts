/** What the wrappers of all products share. */

export interface CallOptions {
  signal?: AbortSignal;
  /** Deadline of the whole call, retries included; default 30 000 ms. */
  deadlineMs?: number;
}

export type Tags = Record<string, string>;

export interface Kubeconfig {
  /** Secret: YAML text with credentials. Keep in memory only. */
  yaml: string;
  expiresAt?: string;
}
