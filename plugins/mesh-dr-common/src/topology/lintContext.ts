import type { LintContext, LintService } from '../locality/lintTypes';
import { effectiveRule } from '../locality/effective';
import { serviceHost } from '../locality/destinationRule';
import { modelVersions, versionGates } from '../versions';
import { findCallers, hasProxies, type Caller } from './callers';
import { endpointsOf } from './facts';
import { serviceIn } from './snapshotIndex';
import { findGateways, meshRoutes } from './gateways';
import { poolsFor, trafficDistributionOf } from './predict';
import type { ClusterFacts, ServicePortFacts, TopologyInput } from './types';

/**
 * What the linter may judge a rule by: one input for a service rule; one per service of the mesh for a mesh-wide rule (all
 * with the same mesh and clusters).
 *
 * @param callersOf - for who knows the callers already
 */
export function lintContextOf(
  inputs: TopologyInput[],
  callersOf: (input: TopologyInput) => Caller[] = input =>
    findCallers(input, findGateways(input.clusters, input.gateways)),
): LintContext {
  if (!inputs.length) {
    throw new RangeError(
      'inputs is empty, but a rule is judged by at least one service; pass the service it is for',
    );
  }
  const [{ mesh, clusters, meshSetting }] = inputs;
  const callers = new Map<string, LintContext['callers'][number]>();
  const services = inputs.map(input => {
    const calling = callersOf(input);
    for (const { topology } of calling) {
      const { id, name, region, zone, proxies } = topology;
      callers.set(id, { name, region, ...(zone && { zone }), proxies });
    }
    return lintServiceOf(input, calling);
  });
  return {
    gates: mesh.gates ?? versionGates(mesh.version),
    version: mesh.version,
    services,
    callers: [...callers.values()],
    currentSetting: meshSetting,
    knownRegions: knownRegions(clusters),
    nodesWithoutRegion: clusters.flatMap(cluster =>
      cluster.nodes
        .filter(({ region }) => !region)
        .map(({ name }) => `${cluster.name}/${name}`),
    ),
  };
}

/** Every region a cluster or node stands in. */
export function knownRegions(clusters: ClusterFacts[]): string[] {
  return [
    ...new Set(
      clusters.flatMap(({ region, nodes }) => [
        region,
        ...nodes.flatMap(node => (node.region ? [node.region] : [])),
      ]),
    ),
  ].sort();
}

function lintServiceOf(input: TopologyInput, calling: Caller[]): LintService {
  const { service, clusters, destinationRules, meshSetting } = input;
  const ports = servicePorts(clusters, service);
  const routed = meshRoutes(service, input.virtualServices).some(
    ({ subset }) => subset,
  );
  return {
    ...service,
    host: serviceHost(service),
    endpoints: endpointsOf(clusters, service),
    ports: ports.map(({ name, port, appProtocol }) => ({
      ...(name && { name }),
      number: port,
      ...(appProtocol && { appProtocol }),
    })),
    headless: isHeadless(clusters, service),
    ...(routed && {
      subsetsRouted: poolsFor(input, service, service.namespace).flatMap(
        ({ subset, endpoints }) =>
          subset ? [{ name: subset, endpoints }] : [],
      ),
    }),
    current: effectiveRule({
      callerNamespace: service.namespace,
      service: {
        ...service,
        port: ports[0]?.port,
        trafficDistribution: trafficDistributionOf(clusters, service),
      },
      destinationRules,
      meshSetting,
      versions: modelVersions(input.mesh.version),
    }),
    destinationRules,
    clustersWithoutService: clusters
      .filter(cluster => hasProxies(cluster) && !serviceIn(cluster, service))
      .map(({ name }) => name),
    callerNamespaces: [
      ...new Set(
        [service.namespace].concat(calling.map(({ namespace }) => namespace)),
      ),
    ],
  };
}

/** Whether any cluster has the service without an address of its own. */
export function isHeadless(
  clusters: ClusterFacts[],
  service: { namespace: string; name: string },
): boolean {
  return clusters.some(
    cluster => serviceIn(cluster, service)?.clusterIP === 'None',
  );
}

/** Ports of a service over all clusters, each once. */
export function servicePorts(
  clusters: ClusterFacts[],
  service: { namespace: string; name: string },
): ServicePortFacts[] {
  const ports = new Map<number, ServicePortFacts>();
  for (const cluster of clusters) {
    for (const port of serviceIn(cluster, service)?.ports ?? []) {
      if (!ports.has(port.port)) {
        ports.set(port.port, port);
      }
    }
  }
  return [...ports.values()].sort((a, b) => a.port - b.port);
}
