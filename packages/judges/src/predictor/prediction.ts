import {
  modelVersions,
  poolsFor,
  splitOver,
  type ClusterFacts,
  type Pool,
  type PredictionFacts,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { SERVICE, type Scenario, type ScenarioPod } from './scenario';

/** What the portal predicts for a scenario. */
export interface Prediction {
  /** The Envoy cluster that is called. */
  pool: Pool;
  /** Percent by `region/zone`; empty when nobody answers. */
  shares: Record<string, number>;
}

/** The prediction once `ejected` pods are out of use. */
export function predict(scenario: Scenario, ejected: Set<string>): Prediction {
  const { caller, subset, meshVersion } = scenario;
  const [pool] = poolsFor(
    factsOf(scenario),
    SERVICE,
    caller.namespace,
    [{ ...(subset && { subset }), weight: 100 }],
    caller.labels,
  );
  const out = scenario.pods.filter(pod => ejected.has(pod.name));
  const { byLocality } = splitOver(
    [{ ...pool, endpoints: without(pool, out, Boolean(subset)) }],
    caller,
    meshVersion,
  );
  return { pool, shares: byLocality };
}

/** Behaviour of the release of a scenario. */
export function versionsOf({ meshVersion }: Scenario) {
  return modelVersions(meshVersion);
}

function without(pool: Pool, out: ScenarioPod[], ofSubset: boolean) {
  return pool.endpoints.map(group => {
    const own = out.filter(
      pod =>
        pod.region === group.region &&
        pod.zone === (group.zone ?? '') &&
        (!ofSubset || pod.version === pool.subset) &&
        Object.entries(group.labels ?? {}).every(
          ([key, value]) => key !== 'version' || pod.version === value,
        ),
    );
    return { ...group, healthy: group.healthy - own.length };
  });
}

function factsOf(scenario: Scenario): PredictionFacts {
  const regions = [...new Set(scenario.pods.map(({ region }) => region))];
  return {
    mesh: { version: scenario.meshVersion },
    clusters: regions.map(region => clusterOf(scenario, region)),
    destinationRules: scenario.destinationRules,
    virtualServices: [],
    meshSetting: scenario.meshSetting,
  };
}

function clusterOf(scenario: Scenario, region: string): ClusterFacts {
  const pods = scenario.pods.filter(pod => pod.region === region);
  return {
    id: `c-${region}`,
    name: `c-${region}`,
    region,
    freshness: { state: 'ok', observedAt: '2025-01-01T00:00:00Z' },
    pods: pods.map(({ name, zone, version, ready, terminating }) => ({
      name,
      namespace: SERVICE.namespace,
      labels: { app: SERVICE.name, version },
      node: `${region}-${zone}`,
      ready,
      terminating,
    })),
    services: [
      {
        namespace: SERVICE.namespace,
        name: SERVICE.name,
        selector: { app: SERVICE.name },
        ports: [{ name: 'http', port: SERVICE.port }],
        trafficDistribution: scenario.trafficDistribution,
      },
    ],
    deployments: [],
    nodes: [...new Set(pods.map(({ zone }) => zone))].map(zone => ({
      name: `${region}-${zone}`,
      region,
      zone,
    })),
  };
}
