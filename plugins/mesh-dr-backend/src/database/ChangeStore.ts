import type {
  Change,
  ChangeStatus,
  Page,
  RuleDrift,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { ChangePlan } from '../locality/types';

/** A change with what is needed to apply, resume or undo it. Only the `Change` part leaves the backend. */
export interface StoredChange extends Change {
  plan: ChangePlan;
  /** When returning by itself is tried next; absent when it is not, or not any more. */
  returnAt?: string;
  /** Which step of its shift it is, from 0. */
  shiftStep?: number;
}

/** What may be written about a change after it was stored. */
export type ChangePatch = Partial<
  Pick<StoredChange, 'approvedBy' | 'appliedAt' | 'verified' | 'error'>
>;

export interface ChangeQuery {
  meshId?: string;
  namespace?: string;
  name?: string;
  /** With a service: those of the whole mesh, too, since they concern it. */
  meshWide?: boolean;
  status?: ChangeStatus;
  /** Requested at or after, ISO 8601 in UTC. */
  since?: string;
  /** Requested before. */
  until?: string;
  /** 1 to 200; default 50. */
  limit?: number;
  cursor?: string;
}

/** History of rule changes. Rows are never deleted. */
export interface ChangeStore {
  insert(change: StoredChange): Promise<void>;
  get(id: string): Promise<StoredChange | undefined>;
  /** Newest first. */
  list(query: ChangeQuery): Promise<Page<StoredChange>>;
  /** Applied changes that are to return by themselves by now. */
  listReturnsDue(now: string): Promise<StoredChange[]>;
  /** Writes when returning is tried next (absent: never again) and why it did not work. */
  setReturn(
    id: string,
    fields: { returnAt?: string; returnError: string },
  ): Promise<void>;
  /** Of every target the change that was applied last and is in force still. */
  listStanding(): Promise<StoredChange[]>;
  /** Writes how the rule differs from what a change left (absent: it does not). */
  setDrift(id: string, drift?: RuleDrift): Promise<void>;
  /** The steps of a shift, the first one first. */
  listSteps(shiftId: string): Promise<StoredChange[]>;
  /** Waiting changes whose time for approval is over, the longest overdue first. */
  listOverdueApprovals(now: string): Promise<StoredChange[]>;
  /**
   * The last change that was written and concerns services of the target: of a service its own and the mesh-wide ones, of
   * a mesh all.
   */
  lastApplied(
    target: RuleTarget,
  ): Promise<{ id: string; at: string } | undefined>;
  /**
   * Moves a change from one status to another with further fields, atomically; false when it was not in that status,
   * e.g. because somebody else approved it first.
   */
  transition(
    id: string,
    from: ChangeStatus,
    to: ChangeStatus,
    fields?: ChangePatch,
  ): Promise<boolean>;
}
