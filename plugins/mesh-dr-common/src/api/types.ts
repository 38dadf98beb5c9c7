/**
 * The shapes of the mesh-dr REST API, version 1 (`/api/mesh-dr/v1`). Backend, frontend, scaffolder actions and other
 * plugins share them; `openapi.yaml` of the backend documents the same shapes and a test keeps both together.
 */
import type { WhatIfSnapshot } from '../whatif/types';
import type { Repair } from './membership';
import type { PredictedOutage } from './outages';
import type { OfferedPatch } from './patches';
import type { Guardrail } from '../guardrails/types';
import type { EffectiveRule, LocalityIntent } from '../locality/types';

export * from './breakGlass';
export * from './changes';
export * from './environments';
export * from './grants';
export * from './membership';
export * from './patches';
export * from './shifts';
export * from './signals';
export * from './simulation';
export * from './verification';

/** ISO 8601, UTC. */
export type Timestamp = string;

/** An English sentence with what it takes to say it in other languages. */
export interface Message {
  /** Key of a translation. */
  key: string;
  /** Values for its placeholders. */
  values: Record<string, string | number>;
  message: string;
}

/** How current the facts about one region, cluster or mesh are. */
export type Freshness =
  | { state: 'ok'; observedAt: Timestamp }
  | { state: 'syncing' }
  | { state: 'stale'; since: Timestamp; reason: string }
  | { state: 'unreachable'; since: Timestamp; reason: string }
  | { state: 'forbidden'; reason: string };

/** What an ASM version allows; every gate names the version it needs so that a control can be shown disabled. */
export interface VersionGates {
  distribution: { allowed: boolean; requires: string };
}

export interface MeshSummary {
  id: string;
  name: string;
  account: string;
  region: string;
  /** Four-part ASM version with its suffix, as the API gives it. */
  version: string;
  /** `running`, `initial`, `failed`, … as ASM says. */
  state: string;
  gates: VersionGates;
  freshness: Freshness;
  clusters: MemberCluster[];
  /** The mesh-wide locality setting in force. */
  locality: LocalityIntent;
}

export interface MemberCluster {
  id: string;
  name: string;
  region: string;
  vpcId: string;
  version: string;
  /** ASM's member state: `running`, `starting`, `failed`, … */
  state: string;
  /** ASM's own words when joining failed. */
  errorMessage?: string;
  /** How well this portal sees the cluster's API server. */
  connection: Freshness;
}

/** An ACK cluster that is not a member yet. */
export interface CandidateCluster {
  id: string;
  name: string;
  region: string;
  vpcId: string;
  version: string;
  state: string;
  /** ASM's pre-check: 0 ok, 1 no admin permission, 2 other VPC without private connection, 3 CIDR conflict, 4 istio-system exists. */
  forbiddenFlag: number;
  forbiddenInfo?: string;
}

export type CheckStatus = 'passed' | 'failed' | 'warning' | 'unknown';

/** One item of the join preflight (operating practice, item 14). */
export interface PreflightCheck {
  id:
    | 'cluster-running'
    | 'vpc-attached'
    | 'cross-region-bandwidth'
    | 'routes'
    | 'pod-routes-published'
    | 'cidr-overlap'
    | 'security-groups'
    | 'api-server-reachable'
    | 'version-compatible'
    | 'region-labels'
    | 'asm-precheck';
  status: CheckStatus;
  title: string;
  /** What was seen, with ids and numbers. */
  evidence: string;
  /** What to do, when not passed. */
  fix?: string;
  /** The fix as the portal can apply it itself. */
  repair?: Repair;
}

export interface PreflightReport {
  meshId: string;
  clusterId: string;
  ranAt: Timestamp;
  checks: PreflightCheck[];
  ready: boolean;
  /** The check to look at first, by the order of dependence. */
  firstFailure?: PreflightCheck;
}

/** `cancelled`: nobody waits for it any more; what the cloud was asked for before goes on there. */
export type OperationStatus = 'running' | 'succeeded' | 'failed' | 'cancelled';

/** A durable piece of work, e.g. joining a cluster. */
export interface Operation {
  id: string;
  kind: 'join' | 'leave';
  meshId: string;
  clusterId: string;
  status: OperationStatus;
  startedAt: Timestamp;
  finishedAt?: Timestamp;
  requestedBy: string;
  progress: { at: Timestamp; message: string }[];
  /** Present when joining failed: the preflight run again, and ASM's own message. */
  diagnosis?: {
    summary: string;
    asmMessage?: string;
    preflight: PreflightReport;
  };
}

// ---------------------------------------------------------------- network map

export interface NetworkMap {
  /** How current the CENs are: they are read as a whole, being of no region. */
  cen: Freshness;
  /** Every region with a VPC here, and how current what is told of its VPCs is. */
  regions: { region: string; freshness: Freshness }[];
  cens: {
    id: string;
    name: string;
    transitRouters: {
      id: string;
      name: string;
      region: string;
      vpcAttachments: {
        id: string;
        vpcId: string;
        status: string;
        autoPublishRoutes: boolean;
      }[];
    }[];
    links: {
      id: string;
      regions: [string, string];
      status: string;
      /** Mbit/s; 0 when only the 1 kbit/s test default exists. */
      bandwidthMbps: number;
      bandwidthType: string;
    }[];
  }[];
  vpcs: {
    id: string;
    name: string;
    region: string;
    /** Absent, as are name and vSwitches, when the region never answered: only its attachment or member is known. */
    cidr?: string;
    vswitches: { id: string; name: string; zone: string; cidr: string }[];
  }[];
}

// ---------------------------------------------------------------- services and topology

export interface ServiceSummary {
  meshId: string;
  namespace: string;
  name: string;
  regions: { region: string; ready: number; total: number }[];
  protection: Verdict['level'];
}

export interface EndpointTopology {
  pod: string;
  ip: string;
  node?: string;
  zone?: string;
  version: string;
  ready: boolean;
}

export interface WorkloadTopology {
  name: string;
  version: string;
  desired: number;
  ready: number;
}

export interface ClusterTopology {
  id: string;
  name: string;
  freshness: Freshness;
  workloads: WorkloadTopology[];
  endpoints: EndpointTopology[];
}

export interface RegionTopology {
  region: string;
  freshness: Freshness;
  clusters: ClusterTopology[];
  ready: number;
  total: number;
}

/** One place calls come from: sidecars or gateways of one region. */
export interface CallerTopology {
  id: string;
  kind: 'sidecars' | 'gateway';
  name: string;
  region: string;
  zone?: string;
  /** Number of proxies (each learns about failures on its own). */
  proxies: number;
  /** The region that decides the rule was taken from this source. */
  localitySource: 'node' | 'assumed';
}

/** Predicted share of calls per region of the callee, in percent; sums to 100 unless nobody can answer. */
export interface PredictedSplit {
  callerId: string;
  callerRegion: string;
  shares: Record<string, number>;
  /** True when Envoy would answer "no healthy upstream". */
  noHealthyUpstream: boolean;
}

/** What a linter says about a rule, proposed or deployed. */
export interface LintFinding {
  id: string;
  severity: 'refuse' | 'warn' | 'inform';
  /** The sentence a service owner understands, English. */
  message: string;
  /** Values for the translation `lint.<id>`. */
  values: Record<string, string | number>;
  /** Numbers, objects and fields behind it. */
  evidence: string;
  /** A change of the intent that makes the finding go away. */
  fix?: { label: string; intent: LocalityIntent };
  /** What would make the finding go away, but has to be written into somebody else's object. */
  patch?: OfferedPatch;
  /** Set when a guardrail of operating practice speaks, not the linter; its name is what an override names. */
  guardrail?: Guardrail;
}

export interface Verdict {
  level: 'protected' | 'partial' | 'unprotected' | 'unknown';
  /** Computed sentence, English. */
  sentence: string;
  /** Translation key below `verdict.` and its values. */
  key: string;
  values: Record<string, string | number>;
}

/** Whether something takes clients outside the mesh to another region's gateway when theirs is lost. */
export interface EntryRequirement {
  state: 'met' | 'unmet' | 'unknown';
  /** What is known and what to do, English. */
  sentence: string;
  /** Translation key below `entry.` and its values. */
  key: string;
  values: Record<string, string>;
}

export interface GatewayTopology {
  name: string;
  namespace: string;
  clusterId: string;
  region: string;
  /** Address and port of the load balancer, when it has one. */
  address?: string;
  ports: number[];
  ready: number;
}

export interface ServiceTopology {
  mesh: {
    id: string;
    name: string;
    region: string;
    version: string;
    gates: VersionGates;
  };
  service: { namespace: string; name: string; host: string; ports: number[] };
  regions: RegionTopology[];
  gateways: GatewayTopology[];
  callers: CallerTopology[];
  rule: EffectiveRule;
  predicted: PredictedSplit[];
  findings: LintFinding[];
  verdict: Verdict;
  /** What the verdict needs beyond the mesh: its rules help no client whose gateway is lost. */
  entry: EntryRequirement;
  /** The same facts for `simulate`: this service, called by each of `callers` (or by one in every region, while nobody calls). */
  whatIf: WhatIfSnapshot;
  /** Changes whenever anything above changes; the ETag. */
  version: string;
  computedAt: Timestamp;
}

// ---------------------------------------------------------------- rules and changes

export type RuleTarget =
  | { scope: 'mesh'; meshId: string }
  | { scope: 'service'; meshId: string; namespace: string; name: string };

export interface PreviewRequest {
  target: RuleTarget;
  intent: LocalityIntent;
}

export interface Preview {
  target: RuleTarget;
  intent: LocalityIntent;
  /** Per service affected: predicted split before and after. One entry for a service target. */
  services: {
    namespace: string;
    name: string;
    before: PredictedSplit[];
    after: PredictedSplit[];
    /** The worst loss of a region under the new rule; absent where none can be lost, and beyond the first services of a mesh. */
    outage?: PredictedOutage;
  }[];
  findings: LintFinding[];
  /** True when no finding refuses. */
  applicable: boolean;
  /** YAML (service) or JSON (mesh) of the owned fields before and after. */
  before: string;
  after: string;
  /** Ordered steps that apply would perform, e.g. switching the mesh rule off first; in English. */
  steps: string[];
  /** The same steps, to be said in other languages. */
  stepMessages: Message[];
  /** Binds a change to exactly what was previewed. */
  hash: string;
}

/** A change as files and command lines, to review in a repository or to carry out without the portal. */
export interface ChangeExport {
  changeId: string;
  /** Paths are relative, with `/`. */
  files: { path: string; content: string }[];
  /** Files of earlier exports that no longer hold. */
  removed: string[];
  /** Command lines for a POSIX shell, in order; `$ASM_KUBECONFIG` and the credentials of the CLI are the reader's own. */
  commands: string[];
}

export interface Page<T> {
  items: T[];
  /** Opaque; absent on the last page. */
  nextCursor?: string;
}
