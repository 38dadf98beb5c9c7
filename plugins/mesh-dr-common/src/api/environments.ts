import type { BilledItem } from '../billing/billing';
import type { Timestamp } from './types';

/** One difference between an environment's spec and the cloud. */
export interface DriftItem {
  /** The resource in the environment's graph, e.g. `vpc/vpc-hangzhou`. */
  key: string;
  /** e.g. `VPC vpc-hangzhou (20.0.0.0/8) in cn-hangzhou`. */
  title: string;
  /** The cloud's id, when it exists. */
  id?: string;
  kind: 'missing' | 'changed' | 'surplus';
  /** What differs, as a sentence. */
  detail: string;
  /** What removes it: provisioning again, with leave to replace or to prune, or nothing that this product does. */
  repair: 'provision' | 'replace' | 'prune' | 'none';
}

/** The last comparison of an environment with the cloud. */
export interface EnvironmentDrift {
  checkedAt: Timestamp;
  items: DriftItem[];
  /** Why the comparison could not be made; then `items` is empty. */
  error?: string;
}

/** How far an environment got: `incomplete` after a run that failed, was cancelled or made a part only. */
export type EnvironmentStatus = 'provisioning' | 'ready' | 'incomplete';

/** What of an environment exists, by id. */
export interface EnvironmentParts {
  cenId?: string;
  mesh?: { id: string; name: string; region: string; version: string };
  clusters: { id: string; name: string; region: string }[];
  vpcs: { id: string; name: string; region: string }[];
}

/** An environment that a template provisioned. */
export interface Environment {
  name: string;
  /** One of the configured cloud accounts. */
  account: string;
  /** Entity ref of the owner in the catalog. */
  owner?: string;
  regions: string[];
  status: EnvironmentStatus;
  parts: EnvironmentParts;
  updatedAt: Timestamp;
  updatedBy: string;
  /** Absent until it was compared for the first time. */
  drift?: EnvironmentDrift;
}

/** An environment with the spec it was made from. */
export interface EnvironmentDetail extends Environment {
  spec: Record<string, unknown>;
}

/** What provisioning would do, and what it would cost, before anything is made. */
export interface EnvironmentPreview {
  resources: {
    key: string;
    kind: string;
    title: string;
    action:
      | 'create'
      | 'adopt'
      | 'keep'
      | 'update'
      | 'replace'
      | 'delete'
      | 'conflict'
      | 'missing';
    id?: string;
    reason?: string;
    /** Time it usually takes, ms. */
    expectedMs: number;
  }[];
  /** Keys of the chain that decides how long it takes. */
  criticalPath: string[];
  /** Usual duration of the whole, ms. */
  expectedMs: number;
  billed: BilledItem[];
}

/** What removing an environment would take away, in the order in which it goes; reads only. */
export interface EnvironmentRemoval {
  steps: {
    /** Its key in the environment's spec, e.g. `vpc/vpc-hangzhou`. */
    key: string;
    kind: string;
    id: string;
    title: string;
    /** Why it would stay: somebody else has put something on it. */
    blocked?: string;
  }[];
  /** What could not be searched, e.g. a region that does not answer; sentences. */
  warnings: string[];
}

/** A VPC that exists in a cloud account, with its vSwitches: what a network plan can adopt. */
export interface CloudVpc {
  id: string;
  name: string;
  region: string;
  cidr: string;
  vswitches: { id: string; name: string; cidr: string; zone: string }[];
}

/** What provisioning reports of an environment. */
export interface PutEnvironmentRequest {
  account: string;
  owner?: string;
  status: EnvironmentStatus;
  spec: Record<string, unknown>;
  /** Left out: what is known of it stays. */
  parts?: EnvironmentParts;
}
