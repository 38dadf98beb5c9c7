import { InputError } from '@backstage/errors';
import {
  applyIntent,
  intentToSetting,
  mergeCalls,
  observedTraffic,
  OutagePredictor,
  ownedDestinationRule,
  simulate,
  whatIfSnapshot,
  type DestinationRuleLike,
  type KnownCall,
  type LocalityIntent,
  type ObservedTraffic,
  type PredictionFacts,
  type RateSource,
  type SimulationRequest,
  type SimulationResult,
  type SourcedCall,
  type TrafficState,
  type WhatIfResult,
  type WhatIfSnapshot,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { ServiceCatalog } from '../catalog/ServiceCatalog';
import type { Fleet, FleetMesh } from '../fleet/Fleet';
import { withUnits } from '../locality/policyUnits';
import type { NetworkMapService } from '../membership/NetworkMapService';
import type { SeenTraffic, TrafficReader } from '../metrics/TrafficReader';
import type { TopologyService } from '../topology/TopologyService';

/** Services told about when nobody says which. */
const SERVICES_TOLD = 50;

/** What is known of the calls through a mesh. */
interface Known {
  calls: SourcedCall[];
  observed?: ObservedTraffic;
}
type Sees = (service: { namespace: string; name: string }) => boolean;

/** The graph of a mesh as it was last made, to be used again while nothing changed. */
interface Made {
  version: number;
  key: string;
  snapshot: WhatIfSnapshot;
}

/** What would happen to the calls through a mesh, answered from memory. */
export class SimulationService {
  private readonly made = new WeakMap<FleetMesh, Made>();

  constructor(
    private readonly deps: {
      fleet: Fleet;
      topology: TopologyService;
      catalog: ServiceCatalog;
      network: NetworkMapService;
      traffic: TrafficReader;
    },
  ) {}

  /**
   * @param sees - which services may be named to whoever asks; default: all
   * @throws InputError when an edit, a rule or a call names what is not there
   */
  async simulate(
    nameOrId: string,
    request: SimulationRequest,
    sees: Sees = () => true,
  ): Promise<SimulationResult> {
    const mesh = await this.deps.fleet.require(nameOrId);
    const { serviceMeshId: id, name } = mesh.mesh;
    const [declared, seen] = await Promise.all([
      this.deps.catalog.calls({ id, name }),
      this.deps.traffic.read(id),
    ]);
    const known = this.knownIn(mesh, { declared, seen }, request);
    try {
      const before = this.snapshotOf(mesh, known, request);
      const facts = this.proposedFacts(mesh, request, sees);
      const after = facts ? this.proposed(facts, known, request) : before;
      const result = simulate(before, request.edits, after);
      const told = this.told(before, result, sees, request.services);
      return {
        failedPercent: result.failedPercent,
        entries: result.entries.map(entry => ({
          ...entry,
          rateSource: rateSource(before, entry.id, request),
        })),
        hops: told.hops,
        services: this.withOutages(
          mesh,
          withObserved(told.services, known.observed),
          request,
          facts,
        ),
        links: withBandwidth(
          result.links,
          // As last read: a simulation never waits for the cloud.
          this.deps.network.linksKnown(mesh),
        ),
        calls: known.calls,
        traffic: stateOf(seen),
        circular: result.circular,
      };
    } catch (error) {
      if (error instanceof RangeError) throw new InputError(error.message);
      throw error;
    }
  }

  /** Calls the catalog knows of services that are gone, or not deployed yet, would only fail. */
  private knownIn(
    mesh: FleetMesh,
    { declared, seen }: { declared: KnownCall[]; seen: SeenTraffic },
    { calls: asked = [] }: SimulationRequest,
  ): Known {
    const services = new Set(
      this.deps.topology.services(mesh).map(s => `${s.namespace}/${s.name}`),
    );
    for (const { from, to } of asked) {
      for (const end of [from, to]) {
        if (!services.has(end)) {
          throw new InputError(
            `calls names "${end}", which is no service of mesh '${mesh.mesh.name}'; leave it out, or deploy it first`,
          );
        }
      }
    }
    const observed =
      seen.state === 'ok'
        ? observedTraffic(this.deps.topology.facts(mesh), services, seen.flows)
        : undefined;
    const calls = mergeCalls({
      declared: declared.filter(
        ({ from, to }) => services.has(from) && services.has(to),
      ),
      observed,
      asked,
    });
    return { calls, ...(observed && { observed }) };
  }

  private snapshotOf(
    mesh: FleetMesh,
    known: Known,
    { requestsPerSecond, capacityPerEndpoint }: SimulationRequest,
  ): WhatIfSnapshot {
    const knowledge = { ...known, requestsPerSecond, capacityPerEndpoint };
    const key = JSON.stringify(knowledge);
    const made = this.made.get(mesh);
    if (made?.version === mesh.version && made.key === key) {
      return made.snapshot;
    }
    const snapshot = whatIfSnapshot(this.deps.topology.facts(mesh), knowledge);
    this.made.set(mesh, { version: mesh.version, key, snapshot });
    return snapshot;
  }

  /** The facts with the rules as they might be; undefined when none are proposed. */
  private proposedFacts(
    mesh: FleetMesh,
    { rules = [] }: SimulationRequest,
    sees: Sees,
  ): PredictionFacts | undefined {
    if (rules.length === 0) return undefined;
    let facts: PredictionFacts = this.deps.topology.facts(mesh);
    for (const { service, intent } of rules) {
      if (service) this.deps.topology.assertExists(mesh, service, sees);
      facts = service
        ? {
            ...facts,
            destinationRules: withRule(facts.destinationRules, service, intent),
          }
        : { ...facts, meshSetting: intentToSetting(intent) };
    }
    return facts;
  }

  private proposed(
    facts: PredictionFacts,
    known: Known,
    { requestsPerSecond, capacityPerEndpoint }: SimulationRequest,
  ): WhatIfSnapshot {
    return whatIfSnapshot(facts, {
      ...known,
      requestsPerSecond,
      capacityPerEndpoint,
    });
  }

  /** With the requests that fail when the first region that an edit takes down is lost, where the service is in it. */
  private withOutages(
    mesh: FleetMesh,
    services: SimulationResult['services'],
    { edits }: SimulationRequest,
    proposed: PredictionFacts | undefined,
  ): SimulationResult['services'] {
    const down = edits.find(edit => edit.kind === 'down' && !edit.zone);
    if (down?.kind !== 'down') return services;
    const outages = new OutagePredictor();
    return services.map(service => {
      const [namespace, name] = service.id.split('/');
      const here = service.loads.some(
        ({ region, ready }) => region === down.region && ready.before > 0,
      );
      const spared = down.service !== undefined && down.service !== service.id;
      if (!here || spared) return service;
      const input = this.deps.topology.input(mesh, { namespace, name });
      const outage = outages.predict(input, proposed ?? input, down.region);
      return { ...service, ...(outage && { outage }) };
    });
  }

  private told(
    snapshot: WhatIfSnapshot,
    result: WhatIfResult,
    sees: Sees,
    asked?: string[],
  ): Pick<SimulationResult, 'hops' | 'services'> {
    const known = new Set(
      snapshot.services
        .map(({ id }) => id)
        .filter(id => {
          const [namespace, name] = id.split('/');
          return sees({ namespace, name });
        }),
    );
    const unknown = asked?.find(id => !known.has(id));
    if (unknown !== undefined) {
      throw new InputError(
        `services names "${unknown}", which gets no calls that are known; name one of ${[
          ...known,
        ]
          .slice(0, 20)
          .join(', ')}, or add the calls`,
      );
    }
    const byLoad = result
      .highestLoads()
      .map(({ service }) => service)
      .filter(id => known.has(id));
    const told = new Set(
      asked ?? [...new Set([...byLoad, ...known])].slice(0, SERVICES_TOLD),
    );
    const circular = new Set(result.circular);
    return {
      services: [...told].map(id => result.service(id)),
      hops: snapshot.hops
        .filter(
          ({ from, to }) => told.has(to) && !circular.has(`${from} → ${to}`),
        )
        .map(({ from, to, optional, source = 'declared' }) => ({
          from,
          to,
          ...(optional && { optional }),
          source,
          callers: result.hop(from, to),
        })),
    };
  }
}

function rateSource(
  { entries }: WhatIfSnapshot,
  id: string,
  { requestsPerSecond }: SimulationRequest,
): RateSource {
  if (requestsPerSecond?.[id] !== undefined) return 'declared';
  const entry = entries.find(candidate => candidate.id === id);
  return entry?.requestsPerSecond === undefined ? 'assumed' : 'observed';
}

function withObserved<T extends { id: string }>(
  services: T[],
  observed: ObservedTraffic | undefined,
): (T & { observedPerSecond?: number })[] {
  return services.map(service => {
    const observedPerSecond = observed?.requestsPerSecond[service.id];
    return observedPerSecond === undefined
      ? service
      : { ...service, observedPerSecond };
  });
}

/** What was seen, without the flows. */
function stateOf(seen: SeenTraffic): TrafficState {
  if (seen.state !== 'ok') return seen;
  const { flows: _, ...state } = seen;
  return state;
}

/** As a change would leave them: "off" takes the portal's fields away, so that the mesh-wide rule holds. */
function withRule(
  rules: DestinationRuleLike[],
  service: { namespace: string; name: string },
  intent: LocalityIntent,
): DestinationRuleLike[] {
  if (intent.mode !== 'off') return applyIntent(rules, service, intent);
  const owned = ownedDestinationRule(rules, service);
  return rules.map(rule =>
    rule === owned
      ? {
          ...rule,
          spec: {
            ...rule.spec,
            trafficPolicy: withUnits(rule.spec.trafficPolicy, {}),
          },
        }
      : rule,
  );
}

function withBandwidth(
  links: WhatIfResult['links'],
  known: ReturnType<NetworkMapService['linksKnown']>,
): SimulationResult['links'] {
  const bandwidths = new Map<string, number>();
  for (const { regions, bandwidthMbps } of known) {
    const key = [...regions].sort().join(' ');
    bandwidths.set(key, (bandwidths.get(key) ?? 0) + bandwidthMbps);
  }
  return links.map(link => {
    const bandwidthMbps = bandwidths.get([link.from, link.to].sort().join(' '));
    const used = link.megabitsPerSecond;
    return {
      ...link,
      ...(bandwidthMbps !== undefined && { bandwidthMbps }),
      ...(bandwidthMbps &&
        used && {
          usedPercent: {
            before: (100 * used.before) / bandwidthMbps,
            after: (100 * used.after) / bandwidthMbps,
          },
        }),
    };
  });
}
