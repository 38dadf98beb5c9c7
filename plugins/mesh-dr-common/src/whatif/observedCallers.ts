import { gatewayCaller } from '../topology/callers';
import { selects } from '../topology/facts';
import { findGateways } from '../topology/gateways';
import { podsIn } from '../topology/snapshotIndex';
import type { ClusterFacts, GatewayLike } from '../topology/types';
import type { ObservedFlow, ObservedStarter } from './observed';

/** Who a flow comes from. */
export type ObservedCaller =
  | { kind: 'gateway'; id: string }
  | { kind: 'service'; id: string; starter: ObservedStarter }
  | { kind: 'workload'; starter: ObservedStarter };

/** Says which gateway, service or workload a label set of Istio means. */
export class ObservedCallers {
  private readonly known = new Map<string, ObservedCaller | undefined>();
  private readonly reporting = new Set<ClusterFacts>();
  private readonly gateways: ReturnType<typeof findGateways>;

  constructor(
    private readonly facts: {
      clusters: ClusterFacts[];
      gateways?: GatewayLike[];
    },
    private readonly services: ReadonlySet<string>,
  ) {
    this.gateways = findGateways(facts.clusters, facts.gateways ?? []);
  }

  /** Undefined when no cluster of the mesh has such a workload. */
  of(from: ObservedFlow['from']): ObservedCaller | undefined {
    const { cluster, namespace, workload, service } = from;
    const key = [cluster, namespace, workload, service].join(' ');
    if (!this.known.has(key)) {
      this.known.set(key, this.find(from));
    }
    return this.known.get(key);
  }

  /** Gateways of clusters whose proxies are seen to report, whether or not requests enter there. */
  reportingGateways(): string[] {
    return this.gateways
      .filter(({ cluster }) => this.reporting.has(cluster))
      .map(gateway => gatewayCaller(gateway).topology.id);
  }

  private find(from: ObservedFlow['from']): ObservedCaller | undefined {
    const cluster = this.clusterOf(from);
    if (!cluster) {
      return undefined;
    }
    this.reporting.add(cluster);
    const labels = labelsOf(cluster, from);
    const gateway = this.gateways.find(
      candidate =>
        candidate.cluster === cluster &&
        candidate.topology.namespace === from.namespace &&
        selects(candidate.service.selector, labels),
    );
    if (gateway) {
      return { kind: 'gateway', id: gatewayCaller(gateway).topology.id };
    }
    const starter: ObservedStarter = {
      id: `workload:${cluster.id}/${from.namespace}/${from.workload}`,
      namespace: from.namespace,
      region: cluster.region,
      ...(labels && { labels }),
      requestsPerSecond: 0,
      callsPerRequest: {},
    };
    const id = this.serviceOf(cluster, from, labels);
    return id
      ? { kind: 'service', id, starter }
      : { kind: 'workload', starter };
  }

  /** The one the label names; without it, the only one that has the workload. */
  private clusterOf(from: ObservedFlow['from']): ClusterFacts | undefined {
    const { clusters } = this.facts;
    const named = clusters.find(({ id }) => id === from.cluster);
    if (named) {
      return named;
    }
    const having = clusters.filter(cluster => labelsOf(cluster, from));
    return having.length === 1 ? having[0] : undefined;
  }

  /** Where several services stand before a workload, the one of its canonical name, else the first. */
  private serviceOf(
    cluster: ClusterFacts,
    { namespace, service }: ObservedFlow['from'],
    labels: Record<string, string> | undefined,
  ): string | undefined {
    const canonical = `${namespace}/${service}`;
    const ids = cluster.services
      .filter(
        candidate =>
          candidate.namespace === namespace &&
          selects(candidate.selector, labels),
      )
      .map(candidate => `${namespace}/${candidate.name}`)
      .filter(id => this.services.has(id))
      .sort();
    if (ids.includes(canonical)) {
      return canonical;
    }
    const unseen = !labels && this.services.has(canonical);
    return ids[0] ?? (unseen ? canonical : undefined);
  }
}

/** Labels of the pods of a workload: of its Deployment, or of a pod that is named after it. */
function labelsOf(
  cluster: ClusterFacts,
  { namespace, workload }: ObservedFlow['from'],
): Record<string, string> | undefined {
  const deployment = cluster.deployments.find(
    candidate =>
      candidate.namespace === namespace && candidate.name === workload,
  );
  return (
    deployment?.labels ??
    deployment?.selector ??
    podsIn(cluster, namespace).find(
      ({ name }) => name === workload || name.startsWith(`${workload}-`),
    )?.labels
  );
}
