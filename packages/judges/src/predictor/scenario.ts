import type {
  DestinationRuleLike,
  LocalityLbSetting,
  OutlierDetection,
  TrafficPolicyLike,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { createRandom } from '../envoy/model';

/** One pod of the service that is called. */
export interface ScenarioPod {
  name: string;
  region: string;
  zone: string;
  version: string;
  ready: boolean;
  terminating: boolean;
  /** Answers every request with 503. */
  failing: boolean;
}

/** A mesh with one service and one caller, drawn at random. */
export interface Scenario {
  seed: number;
  meshVersion: string;
  caller: {
    namespace: string;
    region: string;
    zone: string;
    labels: Record<string, string>;
  };
  pods: ScenarioPod[];
  trafficDistribution?: string;
  meshSetting: LocalityLbSetting;
  destinationRules: DestinationRuleLike[];
  subset?: string;
}

/** The service of every scenario, and the port that is called. */
export const SERVICE = { namespace: 'default', name: 'reviews', port: 9080 };

const VERSIONS = ['1.18.2.10', '1.22.6.66', '1.24.6.1', '1.25.2.1', '1.31.0.1'];
const REGIONS = ['hz', 'sh', 'bj', 'sz'];
const ZONES = ['a', 'b', 'c'];
const POD_VERSIONS = ['v1', 'v2'];
const LABELS = [
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region=sh',
  'topology.istio.io/network',
  'version=v2',
  'tier',
];

/** Choices that hang on the seed alone. */
class Dice {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = createRandom(seed);
  }

  below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  chance(percent: number): boolean {
    return this.random() * 100 < percent;
  }

  one<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** At least one, in random order. */
  some<T>(items: readonly T[]): T[] {
    const left = [...items];
    const count = 1 + this.below(items.length);
    return Array.from(
      { length: count },
      () => left.splice(this.below(left.length), 1)[0],
    );
  }
}

/** The scenario of a seed. */
export function drawScenario(seed: number): Scenario {
  const dice = new Dice(seed);
  const regions = dice.some(REGIONS);
  const version = dice.chance(40) ? 'v2' : 'v1';
  return {
    seed,
    meshVersion: `v${dice.one(VERSIONS)}-g1a2b3c4d-aliyun`,
    caller: {
      namespace: dice.one(['default', 'web', 'istio-system']),
      ...(dice.chance(5)
        ? { region: '', zone: '' }
        : { region: dice.one(REGIONS), zone: dice.one(ZONES) }),
      labels: { app: 'caller', version, tier: dice.one(['front', 'back']) },
    },
    pods: drawPods(dice, regions),
    ...(dice.chance(15) && {
      trafficDistribution: dice.one(['PreferClose', 'PreferSameZone']),
    }),
    meshSetting: dice.chance(50) ? drawSetting(dice, regions) : {},
    destinationRules: Array.from({ length: dice.below(4) }, (_, i) =>
      drawRule(dice, regions, i),
    ),
    ...(dice.chance(20) && { subset: dice.one(['v1', 'v2', 'v3']) }),
  };
}

function drawPods(dice: Dice, regions: string[]): ScenarioPod[] {
  // Whole regions fail, single pods, or nothing does.
  const lost = dice.chance(40) ? dice.one(regions) : undefined;
  const sick = dice.one([0, 0, 20, 50]);
  const pods: ScenarioPod[] = [];
  for (const region of regions) {
    for (const zone of dice.some(ZONES)) {
      for (let i = dice.below(6); i > 0; i--) {
        pods.push({
          name: `reviews-${pods.length}`,
          region,
          zone,
          version: dice.one(POD_VERSIONS),
          ready: !dice.chance(12),
          terminating: dice.chance(3),
          failing: region === lost || dice.chance(sick),
        });
      }
    }
  }
  return pods;
}

function drawSetting(dice: Dice, regions: string[]): LocalityLbSetting {
  const failover = dice
    .some(REGIONS)
    .map(from => ({ from, to: dice.one(regions) }))
    .filter(({ from, to }) => from !== to);
  switch (dice.below(6)) {
    case 0:
      return { enabled: false };
    case 1:
      return { enabled: true };
    case 2:
      return { failover };
    case 3:
      return {
        failoverPriority: dice.some(LABELS),
        ...(dice.chance(30) && { failover }),
      };
    default:
      return {
        distribute: dice.some(REGIONS).map(from => ({
          from: dice.chance(10) ? '*' : from,
          to: drawWeights(dice, regions),
        })),
      };
  }
}

/** Percents by locality that sum to 100; now and then a zone of its own. */
function drawWeights(dice: Dice, regions: string[]): Record<string, number> {
  const names = dice.some(regions);
  const weights: Record<string, number> = {};
  let left = 100;
  names.forEach((name, i) => {
    const last = i === names.length - 1;
    const weight = last ? left : 1 + dice.below(left - (names.length - 1 - i));
    left -= weight;
    weights[dice.chance(15) ? `${name}/${dice.one(ZONES)}` : name] = weight;
  });
  return weights;
}

function drawRule(
  dice: Dice,
  regions: string[],
  index: number,
): DestinationRuleLike {
  const namespace = dice.one(['default', 'default', 'web', 'istio-system']);
  const full = 'reviews.default.svc.cluster.local';
  return {
    metadata: {
      name: `rule-${index}`,
      namespace,
      creationTimestamp: `2025-01-0${1 + dice.below(5)}T00:00:00Z`,
    },
    spec: {
      host: dice.one([
        full,
        full,
        namespace === 'default' ? 'reviews' : full,
        '*.default.svc.cluster.local',
        '*.local',
      ]),
      ...(dice.chance(30) && {
        exportTo: dice.some(['.', '*', 'web', 'default', 'istio-system']),
      }),
      ...(dice.chance(10) && {
        workloadSelector: { matchLabels: { tier: 'front' } },
      }),
      ...(dice.chance(85) && { trafficPolicy: drawPolicy(dice, regions) }),
      ...(dice.chance(50) && {
        subsets: dice.some(POD_VERSIONS).map(name => ({
          name,
          labels: { version: name },
          ...(dice.chance(30) && { trafficPolicy: drawPolicy(dice, regions) }),
        })),
      }),
    },
  };
}

function drawPolicy(dice: Dice, regions: string[]): TrafficPolicyLike {
  const own = drawFields(dice, regions);
  if (!dice.chance(15)) {
    return own;
  }
  const number = dice.one([SERVICE.port, 8080]);
  return {
    ...own,
    portLevelSettings: [{ port: { number }, ...drawFields(dice, regions) }],
  };
}

function drawFields(dice: Dice, regions: string[]): TrafficPolicyLike {
  const setting = dice.chance(55) && drawSetting(dice, regions);
  const hashing = dice.chance(8);
  return {
    ...((setting || hashing) && {
      loadBalancer: {
        ...(hashing
          ? { consistentHash: { httpHeaderName: 'x-user' } }
          : { simple: dice.one(['LEAST_REQUEST', 'RANDOM', 'ROUND_ROBIN']) }),
        ...(setting && { localityLbSetting: setting }),
      },
    }),
    ...(dice.chance(75) && { outlierDetection: drawDetection(dice) }),
  };
}

function drawDetection(dice: Dice): OutlierDetection {
  return {
    // Nobody comes back while the scenario lasts.
    baseEjectionTime: '10h',
    ...(dice.chance(70) && { consecutive5xxErrors: 1 + dice.below(3) }),
    ...(dice.chance(20) && { consecutiveGatewayErrors: 1 + dice.below(3) }),
    ...(dice.chance(80) && {
      maxEjectionPercent: dice.one([10, 30, 34, 50, 75, 100, 100]),
    }),
    ...(dice.chance(20) && { minHealthPercent: dice.one([20, 50, 80]) }),
  };
}
