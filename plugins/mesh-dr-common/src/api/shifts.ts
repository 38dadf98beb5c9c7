import type { GuardrailOverride } from '../guardrails/types';
import type { ConnectionPool, OutlierDetection } from '../locality/types';
import type { Timestamp } from './types';

/** Every status a shift can have; the last three are final. */
export const SHIFT_STATUSES = [
  'pending-approval',
  'running',
  'paused',
  'aborting',
  'completed',
  'aborted',
  'failed',
] as const;

export type ShiftStatus = (typeof SHIFT_STATUSES)[number];

/** The service whose calls are shifted. */
export interface ShiftTarget {
  meshId: string;
  namespace: string;
  name: string;
}

/** When a shift gives up and goes back. */
export interface ShiftAbort {
  /** Least share of the target region's pods that are ready, percent. Default 50. */
  minReadyPercent?: number;
  /** Least share of calls that succeed in the target region, percent; needs metrics. */
  minSuccessPercent?: number;
}

/** Body of `POST /v1/shifts`. */
export interface CreateShiftRequest {
  target: ShiftTarget;
  /** Region that callers leave. */
  from: string;
  /** Region that they go to. */
  to: string;
  /** Percent of the calls that go to `to` after each step, rising; 100 keeps `from` as the last resort. */
  steps: number[];
  /** How long each step is watched before the next one; 1 to 86400. */
  holdSeconds: number;
  outlierDetection: OutlierDetection;
  connectionPool?: ConnectionPool;
  abortOn?: ShiftAbort;
  reason: string;
  /** Guardrails to set aside for every step; needs `mesh-dr.change.break-glass`. */
  overrides?: GuardrailOverride[];
}

/** A shift of calls from one region to another in steps. Each step is a change in the history. */
export interface Shift extends CreateShiftRequest {
  id: string;
  status: ShiftStatus;
  requestedBy: string;
  requestedAt: Timestamp;
  /** Percent reached; 0 before the first step is applied. */
  percent: number;
  /** The changes of its steps, the first step first. */
  changeIds: string[];
  finishedAt?: Timestamp;
  /** Why it stands where it stands, or how it ended. */
  detail?: string;
}
