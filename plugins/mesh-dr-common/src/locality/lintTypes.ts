import type { VersionGates } from '../api/types';
import type { OutageRemedies } from '../outage/remedies';
import type { DestinationRuleLike } from './destinationRule';
import type {
  EffectiveRule,
  LocalityEndpoints,
  LocalityLbSetting,
} from './types';

/** What the linter knows about one service that a rule would affect. */
export interface LintService {
  namespace: string;
  name: string;
  /** `reviews.default.svc.cluster.local`. */
  host: string;
  /** Endpoints by region and zone; `notReady` counts those that cannot answer. */
  endpoints: LocalityEndpoints[];
  ports: { name?: string; number: number; appProtocol?: string }[];
  /** `clusterIP: None`: proxies connect to the pod the client chose. */
  headless?: boolean;
  /** Subsets that VirtualServices route to, with the endpoints of each. */
  subsetsRouted?: { name: string; endpoints: LocalityEndpoints[] }[];
  /** The rule in force now, seen from the service's own namespace. */
  current?: EffectiveRule;
  /** DestinationRules of the mesh, to see whether the new rule would be obeyed. */
  destinationRules?: DestinationRuleLike[];
  /** Clusters with workloads of the mesh in which no Service of this name exists. */
  clustersWithoutService?: string[];
  /** Namespaces calls come from; default: the service's own. */
  callerNamespaces?: string[];
  /** What single settings would spare callers when a region is lost; by forecasts under the rule that is judged. */
  remedies?: OutageRemedies;
}

/** Everything the linter judges by; what is unknown is left out and not judged. */
export interface LintContext {
  gates: VersionGates;
  /** Version the gates were computed from, for the message. */
  version?: string;
  services: LintService[];
  /** Where calls come from. */
  callers: { name: string; region: string; zone?: string; proxies?: number }[];
  /** Mesh-wide setting in force. */
  currentSetting?: LocalityLbSetting;
  /** Every region of the mesh's clusters. */
  knownRegions: string[];
  /** Nodes without `topology.kubernetes.io/region`, as `cluster/node`. */
  nodesWithoutRegion?: string[];
}
