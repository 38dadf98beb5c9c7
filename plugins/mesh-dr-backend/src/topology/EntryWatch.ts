import { stringifyEntityRef } from '@backstage/catalog-model';
import {
  ANNOTATION_ENTRY_FAILOVER,
  ANNOTATION_HOST,
  parseHost,
  type EntryFacts,
  type EntryName,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { ServiceCatalog } from '../catalog/ServiceCatalog';
import type { Fleet, FleetMesh } from '../fleet/Fleet';
import type { MeshEntry } from './entryConfig';

type Declared = NonNullable<EntryFacts['declared']>;

interface Known {
  /** By `namespace/name`; '' for all services. */
  declared: Map<string, Declared>;
  names: EntryName[];
}

/**
 * What stands in front of the ingress gateways: declared by components or by configuration, or shown by DNS. Read now and
 * then; topologies are built from what was read last.
 */
export class EntryWatch {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly deps: {
      catalog: Pick<ServiceCatalog, 'components'>;
      fleet: Pick<Fleet, 'list' | 'touch'>;
      /** Addresses of a name; rejects when there are none. */
      resolve: (host: string) => Promise<string[]>;
    },
    private readonly entries: MeshEntry[],
  ) {}

  facts(
    { mesh }: FleetMesh,
    { namespace, name }: { namespace: string; name: string },
  ): EntryFacts {
    const known = this.known.get(mesh.serviceMeshId);
    const declared =
      known?.declared.get(`${namespace}/${name}`) ?? known?.declared.get('');
    return { ...(declared && { declared }), names: known?.names ?? [] };
  }

  /** Asks the catalog and DNS, and says which meshes look different now. */
  async refresh(): Promise<void> {
    const meshes = await this.deps.fleet.list();
    await Promise.all(
      meshes.map(async entry => {
        const id = entry.mesh.serviceMeshId;
        const [before, now] = [this.known.get(id), await this.read(entry)];
        this.known.set(id, now);
        if (asText(before) !== asText(now)) this.deps.fleet.touch(entry);
      }),
    );
    const ids = new Set(meshes.map(({ mesh }) => mesh.serviceMeshId));
    for (const id of this.known.keys()) {
      if (!ids.has(id)) this.known.delete(id);
    }
  }

  private async read({ mesh }: FleetMesh): Promise<Known> {
    const { serviceMeshId: id, name } = mesh;
    const own = this.entries.filter(
      entry => !entry.mesh || entry.mesh === id || entry.mesh === name,
    );
    const hosts = [...new Set(own.flatMap(entry => entry.hosts))].sort();
    const [names, components] = await Promise.all([
      Promise.all(hosts.map(host => this.look(host))),
      this.deps.catalog.components({ id, name }),
    ]);
    const declared = new Map<string, Declared>();
    const general = own.find(({ failover }) => failover)?.failover;
    if (general) declared.set('', general);
    for (const component of components) {
      const annotations = component.metadata.annotations ?? {};
      const service = parseHost(annotations[ANNOTATION_HOST]);
      const how = annotations[ANNOTATION_ENTRY_FAILOVER]?.trim();
      if (service && how) {
        declared.set(`${service.namespace}/${service.name}`, {
          how,
          by: stringifyEntityRef(component),
        });
      }
    }
    return { declared, names };
  }

  private async look(host: string): Promise<EntryName> {
    try {
      return { host, addresses: (await this.deps.resolve(host)).sort() };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { host, addresses: [], error: code ?? message };
    }
  }
}

function asText(known: Known | undefined): string {
  return JSON.stringify(known && [[...known.declared].sort(), known.names]);
}
