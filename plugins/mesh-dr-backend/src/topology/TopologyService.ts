import { NotFoundError } from '@backstage/errors';
import {
  buildServiceTopology,
  RemedyPredictor,
  picksService,
  serviceIn,
  summaryOf,
  versionGates,
  type EntryFacts,
  type Page,
  type ServiceFacts,
  type ServiceSummary,
  type ServiceTopology,
  type TopologyInput,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { decodeCursor, encodeCursor } from '../database/cursor';
import type { Fleet, FleetMesh } from '../fleet/Fleet';
import { meshSetting } from '../fleet/summary';
import { bodyOf } from './body';
import { ReadAhead } from './ReadAhead';

const DEFAULT_LIMIT = 50;
/** How many names an error lists. */
const NAMES_SHOWN = 20;
/** Namespaces of the platform, whose services nobody protects. */
const SYSTEM_NAMESPACES = new Set([
  'istio-system',
  'kube-node-lease',
  'kube-public',
  'kube-system',
]);

type LabelClaim = Parameters<typeof picksService>[0];

interface ServiceName {
  namespace: string;
  name: string;
}

/**
 * Per-service regional topology, computed from memory and kept until the mesh changes: on demand, and for services that
 * are being read soon after the change.
 */
export class TopologyService {
  /** What settings would spare callers, forecast once for the same facts. */
  readonly remedies = new RemedyPredictor();
  private readonly readAhead = new ReadAhead();
  private readonly memo = new WeakMap<
    FleetMesh,
    { version: number; byService: Map<string, ServiceTopology> }
  >();

  /** @param entry - what is known of the way into a mesh for clients of a service */
  constructor(
    private readonly fleet: Fleet,
    private readonly entry?: (
      mesh: FleetMesh,
      service: ServiceName,
    ) => EntryFacts,
  ) {
    fleet.onChange(() => this.readAhead.changed());
  }

  /** Ends the work done ahead of readers. */
  stop(): void {
    this.readAhead.stop();
  }

  /** Throws NotFoundError that lists the services there are. */
  async get(
    service: { meshId: string } & ServiceName,
  ): Promise<ServiceTopology> {
    const mesh = await this.fleet.require(service.meshId);
    this.assertExists(mesh, service);
    const { namespace, name } = service;
    const key = `${mesh.mesh.serviceMeshId}/${namespace}/${name}`;
    this.readAhead.asked(key, () =>
      bodyOf(this.topologyOf(mesh, service, this.remedies)),
    );
    return this.topologyOf(mesh, service, this.remedies);
  }

  /** Services of a mesh by namespace and name; `search` matches either. */
  async list(query: {
    meshId: string;
    search?: string;
    limit?: number;
    cursor?: string;
    /** Which services may be listed; default: all. */
    sees?: (service: ServiceName) => boolean;
    /** By whose labels services are picked; default: whatever they are. */
    labels?: LabelClaim;
  }): Promise<Page<ServiceSummary>> {
    const mesh = await this.fleet.require(query.meshId);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const search = query.search?.toLowerCase();
    const after = query.cursor && decodeCursor(query.cursor);
    const { labels, sees } = query;
    const picked = labels && pickedBy(mesh, labels);
    const names = servicesOf(mesh).filter(
      ({ namespace, name }) =>
        (!search || `${name}.${namespace}`.toLowerCase().includes(search)) &&
        (!after || compare([namespace, name], after) > 0) &&
        (!picked || picked.has(`${namespace}/${name}`)) &&
        (!sees || sees({ namespace, name })),
    );
    const page = names.slice(0, limit);
    const last = page[page.length - 1];
    return {
      items: page.map(service => summaryOf(this.topologyOf(mesh, service))),
      ...(names.length > limit && {
        nextCursor: encodeCursor([last.namespace, last.name]),
      }),
    };
  }

  /** All services of a mesh that a rule could concern. */
  services(mesh: FleetMesh): ServiceName[] {
    return servicesOf(mesh);
  }

  /** What the model looks at, for predictions of other rules. */
  input(mesh: FleetMesh, { namespace, name }: ServiceName): TopologyInput {
    return {
      ...this.facts(mesh),
      service: { namespace, name },
      entry: this.entry?.(mesh, { namespace, name }),
      now: new Date(),
    };
  }

  /** The facts of a mesh that predictions rest on, whatever the service. */
  facts(mesh: FleetMesh): Omit<TopologyInput, 'service' | 'now'> {
    const { mesh: detail, rules, clusters } = mesh;
    return {
      mesh: {
        id: detail.serviceMeshId,
        name: detail.name,
        region: detail.regionId,
        version: detail.version,
        gates: versionGates(detail.version),
      },
      clusters: [...clusters.values()].map(watch => watch.facts()),
      destinationRules: rules.destinationRules,
      virtualServices: rules.virtualServices,
      gateways: rules.gateways,
      meshSetting: meshSetting(detail.locality),
    };
  }

  /** Throws NotFoundError that lists the services there are, as far as whoever asks may know of them. */
  assertExists(
    mesh: FleetMesh,
    service: ServiceName,
    sees: (service: ServiceName) => boolean = () => true,
  ): void {
    const { namespace, name } = service;
    for (const watch of mesh.clusters.values()) {
      const found = serviceIn(watch.content(), service);
      if (found && isBalanced(found)) return;
    }
    const names = servicesOf(mesh)
      .filter(sees)
      .map(s => `${s.name}.${s.namespace}`);
    const shown = names.slice(0, NAMES_SHOWN).join(', ');
    throw new NotFoundError(
      `Service '${name}' in namespace '${namespace}' is not known in mesh '${
        mesh.mesh.name
      }'; ${
        names.length === 0
          ? 'no cluster has shown any service yet'
          : `there are: ${shown}${
              names.length > NAMES_SHOWN
                ? ` and ${names.length - NAMES_SHOWN} more`
                : ''
            }`
      }`,
    );
  }

  /** @param remedies - left out for lists, which tell no findings: forecasts take time */
  private topologyOf(
    mesh: FleetMesh,
    service: ServiceName,
    remedies?: RemedyPredictor,
  ): ServiceTopology {
    let memo = this.memo.get(mesh);
    if (memo?.version !== mesh.version) {
      memo = { version: mesh.version, byService: new Map() };
      this.memo.set(mesh, memo);
    }
    const key = `${remedies ? 'forecast' : 'plain'} ${service.namespace}/${
      service.name
    }`;
    let topology = memo.byService.get(key);
    if (!topology) {
      topology = buildServiceTopology(this.input(mesh, service), remedies);
      memo.byService.set(key, topology);
    }
    return topology;
  }
}

function servicesOf(mesh: FleetMesh): ServiceName[] {
  const found = new Map<string, ServiceName>();
  for (const watch of mesh.clusters.values()) {
    for (const service of watch.content().services) {
      if (isBalanced(service)) {
        const { namespace, name } = service;
        found.set(`${namespace}/${name}`, { namespace, name });
      }
    }
  }
  return [...found.values()].sort((a, b) =>
    compare([a.namespace, a.name], [b.namespace, b.name]),
  );
}

/** Without a selector there are no pods to balance over, e.g. the API server's own service. */
function isBalanced({ namespace, selector }: ServiceFacts): boolean {
  return !SYSTEM_NAMESPACES.has(namespace) && selector !== undefined;
}

/** Services, as `namespace/name`, that labels pick in some cluster. */
function pickedBy(mesh: FleetMesh, claim: LabelClaim): Set<string> {
  const picked = new Set<string>();
  for (const watch of mesh.clusters.values()) {
    const cluster = watch.facts();
    for (const service of cluster.services) {
      if (picksService(claim, cluster, service)) {
        picked.add(`${service.namespace}/${service.name}`);
      }
    }
  }
  return picked;
}

/** By the first, then by the second. */
function compare(a: [string, string], b: [string, string]): number {
  const [left, right] = a[0] === b[0] ? [a[1], b[1]] : [a[0], b[0]];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
