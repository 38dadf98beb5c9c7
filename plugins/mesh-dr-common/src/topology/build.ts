import type {
  ClusterTopology,
  EndpointTopology,
  LintFinding,
  RegionTopology,
  ServiceSummary,
  ServiceTopology,
  WorkloadTopology,
} from '../api/types';
import { serviceHost } from '../locality/destinationRule';
import { effectiveRule } from '../locality/effective';
import { intentOf } from '../locality/intent';
import { lintIntent } from '../locality/lint';
import type { EffectiveRule } from '../locality/types';
import type { OutageRemedies } from '../outage/remedies';
import { modelVersions, versionGates } from '../versions';
import { entryRequirement } from './entry';
import { findCallers, type Caller } from './callers';
import {
  endpointOf,
  endpointsOf,
  podsOf,
  selects,
  worstFreshness,
} from './facts';
import { remembered } from './remembered';
import { serviceIn } from './snapshotIndex';
import { findGateways } from './gateways';
import type { RemedyPredictor } from './remedies';
import {
  isHeadless,
  knownRegions,
  lintContextOf,
  servicePorts,
} from './lintContext';
import {
  poolsOfCallers,
  predictCallers,
  trafficDistributionOf,
} from './predict';
import type {
  ClusterFacts,
  DeploymentFacts,
  NodeFacts,
  PodFacts,
  ServiceFacts,
  TopologyInput,
} from './types';
import { serviceWhatIf } from '../whatif/ofService';
import type { CallerPools } from './regionLoss';
import { computeVerdict } from './verdict';
import { versionOf } from './version';

/**
 * The regional topology of one service: who is where, which rule is in force, where calls go by it, and what the loss of a
 * region would do. Pure: the same facts give the same topology and the same `version`. Lists of facts that are the very
 * ones of an earlier call cost next to nothing.
 *
 * @param remedies - lets findings say what settings would spare callers; its forecasts take some milliseconds
 */
export function buildServiceTopology(
  input: TopologyInput,
  remedies?: RemedyPredictor,
): ServiceTopology {
  const { mesh, service, clusters, meshSetting, destinationRules } = input;
  const gates = mesh.gates ?? versionGates(mesh.version);
  const ports = servicePorts(clusters, service).map(({ port }) => port);
  const ingress = findGateways(clusters, input.gateways);
  const callers = findCallers(input, ingress);
  const rule = effectiveRule({
    callerNamespace: service.namespace,
    service: {
      ...service,
      port: ports[0],
      trafficDistribution: trafficDistributionOf(clusters, service),
    },
    destinationRules,
    meshSetting,
    versions: modelVersions(mesh.version),
  });
  const pooled = poolsOfCallers(input, service, callers);
  const judged = callers.length
    ? pooled
    : poolsOfCallers(input, service, imaginedCallers(input));
  const content = {
    mesh: {
      id: mesh.id,
      name: mesh.name,
      region: mesh.region,
      version: mesh.version,
      gates,
    },
    service: { ...service, host: serviceHost(service), ports },
    regions: regionsOf(clusters, service),
    gateways: ingress.map(({ topology }) => topology),
    callers: callers.map(({ topology }) => topology),
    rule,
    predicted: predictCallers(pooled, mesh.version),
    findings: deployedFindings(input, rule, callers, () =>
      remedies?.of(input, { ingress, callers, pooled }),
    ),
    verdict: verdictOf(input, judged),
    entry: entryRequirement(
      ingress.map(({ topology }) => topology),
      input.entry,
    ),
    whatIf: serviceWhatIf(input, service, judged),
  };
  return {
    ...content,
    version: versionOf(content),
    computedAt: input.now.toISOString(),
  };
}

/** The line of a service in a list. */
export function summaryOf(topology: ServiceTopology): ServiceSummary {
  return {
    meshId: topology.mesh.id,
    namespace: topology.service.namespace,
    name: topology.service.name,
    regions: topology.regions.map(({ region, ready, total }) => ({
      region,
      ready,
      total,
    })),
    protection: topology.verdict.level,
  };
}

const sum = <T>(items: T[], of: (item: T) => number) =>
  items.reduce((total, item) => total + of(item), 0);

const readyAmong = remembered(
  (endpoints: EndpointTopology[]) =>
    endpoints.filter(({ ready }) => ready).length,
);

function regionsOf(
  clusters: ClusterFacts[],
  service: { namespace: string; name: string },
): RegionTopology[] {
  const regions = [...new Set(clusters.map(({ region }) => region))].sort();
  return regions.map(region => {
    const inRegion = clusters
      .filter(cluster => cluster.region === region)
      .map(cluster => clusterOf(cluster, service))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      region,
      freshness: worstFreshness(inRegion.map(({ freshness }) => freshness)),
      clusters: inRegion,
      ready: sum(inRegion, ({ endpoints }) => readyAmong(endpoints)),
      total: sum(inRegion, ({ endpoints }) => endpoints.length),
    };
  });
}

const endpointsAt = remembered(
  (pods: PodFacts[], nodes: NodeFacts[], region: string): EndpointTopology[] =>
    pods
      .map(pod => endpointOf({ nodes, region }, pod))
      .sort((a, b) => (a.pod < b.pod ? -1 : 1)),
);

const workloadsBehind = remembered(
  (deployments: DeploymentFacts[], service: ServiceFacts): WorkloadTopology[] =>
    deployments
      .filter(
        deployment =>
          deployment.namespace === service.namespace &&
          selects(service.selector, deployment.labels ?? deployment.selector),
      )
      .map(({ name, labels, selector, replicas, readyReplicas }) => ({
        name,
        version: labels?.version ?? selector?.version ?? 'unversioned',
        desired: replicas,
        ready: readyReplicas,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
);

function clusterOf(
  cluster: ClusterFacts,
  service: { namespace: string; name: string },
): ClusterTopology {
  const { id, name, region, freshness, nodes, deployments } = cluster;
  const found = serviceIn(cluster, service);
  return {
    id,
    name,
    freshness,
    workloads: found ? workloadsBehind(deployments, found) : [],
    endpoints: endpointsAt(podsOf(cluster, service), nodes, region),
  };
}

/** Judges the rule that is deployed as if somebody proposed it now. */
function deployedFindings(
  input: TopologyInput,
  rule: EffectiveRule,
  callers: Caller[],
  remedies: () => OutageRemedies | undefined,
): LintFinding[] {
  const { setting, source } = rule.locality;
  const outlierDetection = rule.outlierDetection?.settings;
  const intent = intentOf(setting, outlierDetection);
  if (setting.failoverPriority?.length && intent.mode !== 'evacuation') {
    // Nobody can ask for it here, so nothing here judges it.
    return [];
  }
  if (intent.mode === 'off' && setting.enabled !== false && outlierDetection) {
    // Istio's default: near endpoints first. Nothing spreads.
    return [];
  }
  const context = lintContextOf([input], () => callers);
  const spared = intent.mode === 'off' ? undefined : remedies();
  return lintIntent({
    target: { scope: 'service', meshId: input.mesh.id, ...input.service },
    intent:
      intent.mode === 'off'
        ? intent
        : {
            ...intent,
            ...(rule.connectionPool && {
              connectionPool: rule.connectionPool.settings,
            }),
          },
    context: {
      ...context,
      currentSetting: undefined,
      // A mesh-wide rule is in no DestinationRule that could be hidden.
      services: context.services.map(entry => ({
        ...entry,
        ...(source !== 'destination-rule' && { destinationRules: undefined }),
        ...(spared && { remedies: spared }),
      })),
    },
  });
}

function verdictOf(input: TopologyInput, callers: CallerPools[]) {
  const { clusters, service, mesh } = input;
  const ready: Record<string, number> = {};
  for (const { region, healthy } of endpointsOf(clusters, service)) {
    ready[region] = (ready[region] ?? 0) + healthy;
  }
  return computeVerdict({
    clusters,
    callers,
    ready,
    headless: isHeadless(clusters, service),
    meshVersion: mesh.version,
  });
}

/** While nobody calls yet, the verdict is given for one caller per region. */
function imaginedCallers({ clusters, service }: TopologyInput): Caller[] {
  return knownRegions(clusters).map(region => ({
    namespace: service.namespace,
    topology: {
      id: `imagined:${region}`,
      kind: 'sidecars',
      name: region,
      region,
      proxies: 1,
      localitySource: 'assumed',
    },
  }));
}
