import type { Entity } from '@backstage/catalog-model';
import {
  ANNOTATION_CLUSTER,
  ANNOTATION_ENVIRONMENT,
  ANNOTATION_MESH,
  type Environment,
  type MeshSummary,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

const API_VERSION = 'backstage.io/v1alpha1';

interface Part {
  id: string;
  name: string;
  region: string;
}

/** A name the catalog takes: letters, digits, `-`, `_` and `.`, at most 63, made unique by the id's end where needed. */
function entityName(wanted: string, id: string, taken: Set<string>): string {
  const clean = wanted
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
    .slice(0, 63)
    .replace(/[^A-Za-z0-9]+$/, '');
  let name = clean || id.slice(-12);
  if (taken.has(name.toLocaleLowerCase('en-US'))) {
    name = `${name.slice(0, 50)}-${id.slice(-12)}`;
  }
  taken.add(name.toLocaleLowerCase('en-US'));
  return name;
}

/**
 * Environments as Systems, meshes and clusters as Resources that belong to them. A mesh that no template made is there as
 * well, without a System. Names are those that `multi-region-mesh` links to: `<environment>-<mesh>`,
 * `<environment>-<cluster>`.
 *
 * @param defaultOwner - owner of what no environment owns
 */
export function fleetEntities(
  environments: Environment[],
  meshes: MeshSummary[],
  defaultOwner: string,
): Entity[] {
  const systems = environments.map(environment => systemOf(environment));
  const taken = new Set<string>();
  const resources: Entity[] = [];
  const done = new Set<string>();

  /** A mesh with its clusters; `environment` when a template made it. */
  const addMesh = (
    mesh: Part & { version?: string },
    clusters: Part[],
    environment?: Environment,
  ) => {
    if (done.has(mesh.id)) return;
    done.add(mesh.id);
    const owner = environment?.owner ?? defaultOwner;
    const scoped = (name: string) =>
      environment ? `${environment.name}-${name}` : name;
    const common = {
      owner,
      ...(environment && { system: environment.name }),
    };
    const annotate = (annotations: Record<string, string>) => ({
      ...annotations,
      ...(environment && { [ANNOTATION_ENVIRONMENT]: environment.name }),
    });
    const clusterRefs = clusters.map(cluster => {
      const name = entityName(scoped(cluster.name), cluster.id, taken);
      resources.push({
        apiVersion: API_VERSION,
        kind: 'Resource',
        metadata: {
          name,
          title: `Cluster ${cluster.name}`,
          description: `ACK cluster ${cluster.id} in ${cluster.region}`,
          annotations: annotate({
            [ANNOTATION_CLUSTER]: cluster.id,
            [ANNOTATION_MESH]: mesh.id,
          }),
        },
        spec: { ...common, type: 'kubernetes-cluster' },
      });
      return `resource:default/${name}`;
    });
    resources.push({
      apiVersion: API_VERSION,
      kind: 'Resource',
      metadata: {
        name: entityName(scoped(mesh.name), mesh.id, taken),
        title: `Mesh ${mesh.name}`,
        description: `ASM mesh ${mesh.id} in ${mesh.region}${
          mesh.version ? `, version ${mesh.version}` : ''
        }`,
        annotations: annotate({ [ANNOTATION_MESH]: mesh.id }),
        links: [
          { url: `/mesh-dr/${encodeURIComponent(mesh.id)}`, title: 'Mesh' },
        ],
      },
      spec: {
        ...common,
        type: 'service-mesh',
        dependsOn: clusterRefs.sort(),
      },
    });
  };

  for (const environment of environments) {
    const { mesh, clusters } = environment.parts;
    if (!mesh) continue;
    const live = meshes.find(({ id }) => id === mesh.id);
    addMesh(
      { ...mesh, ...(live && { version: live.version }) },
      unique([...clusters, ...(live?.clusters ?? [])]),
      environment,
    );
  }
  for (const mesh of meshes) addMesh(mesh, mesh.clusters);
  return [...systems, ...resources];
}

function systemOf({ name, owner, regions, parts }: Environment): Entity {
  return {
    apiVersion: API_VERSION,
    kind: 'System',
    metadata: {
      name,
      title: `Environment ${name}`,
      description: `Multi-region environment in ${regions.join(', ')}`,
      annotations: {
        [ANNOTATION_ENVIRONMENT]: name,
        ...(parts.mesh && { [ANNOTATION_MESH]: parts.mesh.id }),
      },
    },
    spec: { owner: owner ?? 'unknown', type: 'multi-region-environment' },
  };
}

function unique(parts: Part[]): Part[] {
  return [...new Map(parts.map(part => [part.id, part])).values()];
}
