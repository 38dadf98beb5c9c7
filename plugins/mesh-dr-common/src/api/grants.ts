import type { Timestamp } from './types';

/** Operations a grant or a permission covers. */
export type GrantOperation =
  | 'environment.provision'
  | 'environment.destroy'
  | 'kubernetes.apply'
  | 'cluster.join'
  | 'rule.change'
  | 'traffic.verify';

/** Lets a long task go on in its initiator's name after the initiator's token has expired. */
export interface Grant {
  id: string;
  initiator: string;
  /** Environment name, or `*` when the task names none. */
  environment: string;
  operations: GrantOperation[];
  createdAt: Timestamp;
  expiresAt: Timestamp;
  revokedAt?: Timestamp;
}

export interface CreateGrantRequest {
  environment: string;
  operations: GrantOperation[];
  /** 5 to 1440, default 240. */
  durationMinutes?: number;
}
