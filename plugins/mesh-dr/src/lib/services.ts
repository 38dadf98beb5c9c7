import type {
  MeshDrApi,
  MeshSummary,
  ServiceSummary,
  Verdict,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

export type Level = Verdict['level'];

/** Every verdict, the worst first. */
export const LEVELS: readonly Level[] = [
  'unprotected',
  'partial',
  'unknown',
  'protected',
];

/** Most services that the server gives at once. */
const PAGE = 500;

/** All services of a mesh, by namespace and name. */
export async function allServices(
  api: MeshDrApi,
  meshId: string,
  signal?: AbortSignal,
): Promise<ServiceSummary[]> {
  const services: ServiceSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.listServices(
      { meshId, limit: PAGE, ...(cursor && { cursor }) },
      { signal },
    );
    services.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return services;
}

/** Which services count as being at risk. */
export interface RiskFilter {
  /** Verdicts that are listed. */
  levels: readonly Level[];
  /** Kubernetes namespaces to leave out. */
  excludeNamespaces: readonly string[];
}

/** A service and the mesh that it belongs to. */
export interface ServiceAtRisk {
  mesh: MeshSummary;
  service: ServiceSummary;
}

export interface ServicesAtRisk {
  /** The worst first. */
  atRisk: ServiceAtRisk[];
  /** How many services were looked at, those at risk included. */
  total: number;
  /** Meshes whose services could not be read, with the cause. */
  failed: { mesh: MeshSummary; error: Error }[];
  /** How many meshes there are. */
  meshes: number;
}

/** The services at risk of all meshes; a mesh that does not answer takes nothing from the others. */
export async function servicesAtRisk(
  api: MeshDrApi,
  filter: RiskFilter,
  signal?: AbortSignal,
): Promise<ServicesAtRisk> {
  const meshes = await api.listMeshes({ signal });
  const answers = await Promise.allSettled(
    meshes.map(mesh => allServices(api, mesh.id, signal)),
  );
  const found: ServicesAtRisk = {
    atRisk: [],
    total: 0,
    failed: [],
    meshes: meshes.length,
  };
  answers.forEach((answer, i) => {
    const mesh = meshes[i];
    if (answer.status === 'rejected') {
      found.failed.push({ mesh, error: answer.reason as Error });
      return;
    }
    const services = answer.value.filter(
      ({ namespace }) => !filter.excludeNamespaces.includes(namespace),
    );
    found.total += services.length;
    found.atRisk.push(
      ...services
        .filter(({ protection }) => filter.levels.includes(protection))
        .map(service => ({ mesh, service })),
    );
  });
  const rank = ({ service }: ServiceAtRisk) =>
    LEVELS.indexOf(service.protection);
  // Stable: within a verdict the order of the meshes and of the server stays.
  found.atRisk.sort((a, b) => rank(a) - rank(b));
  return found;
}
