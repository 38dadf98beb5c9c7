import type {
  LocalityLbSetting,
  OutlierDetection,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/**
 * The parts of a DestinationRule's top-level traffic policy that the portal writes, each as one unit: a unit is either
 * all the portal's or none of its business.
 */
export interface PolicyUnits {
  localityLbSetting?: LocalityLbSetting;
  outlierDetection?: OutlierDetection;
  connectTimeout?: string;
  maxRequestsPerConnection?: number;
}

export type UnitName = keyof PolicyUnits;

export const UNIT_NAMES: UnitName[] = [
  'localityLbSetting',
  'outlierDetection',
  'connectTimeout',
  'maxRequestsPerConnection',
];

/** What a change of one service's rule does, precisely enough to apply it later, resume it or undo it. */
export interface ServicePlan {
  kind: 'service';
  /** The DestinationRule that carries the rule. */
  object: { namespace: string; name: string; host: string };
  /** Of the object when the plan was made; absent when it did not exist. */
  resourceVersion?: string;
  /** All units as they were, whoever owned them. */
  before: PolicyUnits;
  /** Units that the portal owned before. */
  ownedBefore: UnitName[];
  /** What the portal owns afterwards: exactly this is sent. */
  desired: PolicyUnits;
  /** All units as they will be. */
  after: PolicyUnits;
  /** The object was made by the portal and would be left without a purpose: it is deleted. */
  remove: boolean;
}

/** The mesh-wide setting, normalised; `{ enabled: false }` when off. */
export interface MeshRuleState {
  enabled: boolean;
  failover?: LocalityLbSetting['failover'];
  distribute?: LocalityLbSetting['distribute'];
}

/** What a change of the mesh-wide rule does. */
export interface MeshPlan {
  kind: 'mesh';
  before: MeshRuleState;
  after: MeshRuleState;
  /** ASM takes a distribution only while failover is off, and the other way round. */
  offFirst: boolean;
}

export type ChangePlan = ServicePlan | MeshPlan;

/** Result of reading back. */
export interface Verification {
  ok: boolean;
  detail: string;
}

/** Says what the apply is doing, for the log. */
export type Say = (message: string) => void;
