import type { JsonObject } from '@backstage/types';
import type { Alicloud, CallOptions, Tags } from '../alicloud/types';
import type { EnvironmentSpec } from './spec';

/** The kinds of resources an environment is made of; slices of the graph are chosen by kind. */
export const RESOURCE_KINDS = [
  'vpc',
  'vswitch',
  'cen',
  'transit-router',
  'vpc-attachment',
  'peer-attachment',
  'route-link',
  'cluster',
  'pod-routes',
  'security-group',
  'mesh',
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** What one look at the cloud shows of a resource. */
export interface Observation {
  /** The cloud's id; for settings on another resource, that resource's id. */
  id: string;
  state: 'pending' | 'ready' | 'failed' | 'deleting';
  /** The cloud's own word for the state. */
  status: string;
  /** The cloud's own reason when failed. */
  reason?: string;
  /** Differences from the spec that `update` removes, as sentences. */
  changes?: string[];
  /** A difference that cannot be changed in place; the engine refuses with it, or replaces what is the environment's own. */
  mismatch?: string;
  /** Differences that are told and neither repaired nor in the way, as sentences: nodes that were added by hand. */
  differences?: string[];
  /** It is somebody else's and used as it is: nothing is changed about it, and it stays when the environment goes. */
  adopted?: boolean;
  /** What dependants need. */
  outputs: JsonObject;
}

/** What a resource may use while it looks, creates and updates. */
export interface ProvisionContext {
  readonly cloud: Alicloud;
  readonly spec: EnvironmentSpec;
  /** Identity under which this run creates; differs after destroy and recreate. */
  readonly uid: string;
  /** Options of every cloud call: carries the task's signal. */
  readonly call: CallOptions;
  /** Outputs of a dependency. Throws when the dependency has none yet. */
  outputs<T extends JsonObject>(key: string): T;
  /** The tags of a resource of this environment. */
  tags(key: string): Tags;
}

/** One resource of the graph. */
export interface Resource {
  /** e.g. `vpc/vpc-hangzhou`; the value of the tag `mesh-dr:resource`. */
  readonly key: string;
  readonly kind: ResourceKind;
  /** Keys that must be ready first. */
  readonly dependencies: string[];
  /** For plans and messages, e.g. `VPC vpc-hangzhou 20.0.0.0/8 in cn-hangzhou`. */
  readonly title: string;
  /** The part of the spec that a create is made from; hashed into the ClientToken. */
  readonly desired: JsonObject;
  /** Longest wait until ready, ms. */
  readonly timeoutMs?: number;
  /**
   * What keeps a create that is asked for twice from making a twin. `token` (default): it takes a ClientToken. `name`: it
   * takes none, and the cloud refuses a second one of the same name. `look`: nothing but looking before.
   */
  readonly guard?: 'token' | 'name' | 'look';
  /** Looks the resource up by id, or by tag or deterministic name. Undefined: it does not exist. */
  find(ctx: ProvisionContext, id?: string): Promise<Observation | undefined>;
  /** Absent for settings that always exist and are only updated. */
  create?(ctx: ProvisionContext, clientToken: string): Promise<string>;
  update?(ctx: ProvisionContext, observed: Observation): Promise<void>;
}

export type ProgressState =
  | 'looking'
  | 'found'
  | 'creating'
  | 'created'
  | 'updating'
  | 'deleting'
  | 'deleted'
  | 'ready'
  | 'failed'
  | 'skipped'
  | 'cancelled';

/** One transition of one resource. */
export interface ProgressEvent {
  key: string;
  state: ProgressState;
  /** Since the run began, ms. */
  elapsedMs: number;
  id?: string;
  /** What differs, what failed, or what is being waited for. */
  detail?: string;
}

/** How one resource ended. */
export interface ResourceReport {
  key: string;
  kind: string;
  title: string;
  result:
    | 'created'
    | 'updated'
    | 'unchanged'
    | 'deleted'
    | 'failed'
    | 'skipped'
    | 'cancelled';
  id?: string;
  elapsedMs: number;
  /** Present when failed or skipped. */
  reason?: string;
}

/** Patience of the engine; replaceable in tests. */
export interface Pace {
  /** First and longest interval between two looks, ms. */
  minIntervalMs: number;
  maxIntervalMs: number;
  /** Interval grows to this share of the time waited so far. */
  growth: number;
  /** How long a listing may lag behind a create, ms. */
  listingLagMs: number;
  /** How long a delete waits for whatever still uses the resource, ms. */
  inUseMs: number;
  /** Longest wait for a resource without its own limit, ms. */
  timeoutMs: number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  now(): number;
}
