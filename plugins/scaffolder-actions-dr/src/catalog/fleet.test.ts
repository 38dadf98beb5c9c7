import type {
  Environment,
  MeshSummary,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  componentEntityV1alpha1Validator,
  resourceEntityV1alpha1Validator,
  systemEntityV1alpha1Validator,
  type Entity,
} from '@backstage/catalog-model';
import { quietLogger } from '../__testUtils__/deps';
import { FleetEntityProvider, fleetChanged } from './FleetEntityProvider';
import { fleetEntities } from './fleetEntities';

const part = (id: string, name: string, region = 'cn-hangzhou') => ({
  id,
  name,
  region,
});

const environment: Environment = {
  name: 'demo',
  account: 'a',
  owner: 'group:default/platform',
  regions: ['cn-hangzhou', 'cn-shanghai'],
  status: 'ready',
  updatedAt: '2026-01-01T00:00:00.000Z',
  updatedBy: 'user:default/pavel',
  parts: {
    mesh: { ...part('c1mesh', 'mesh'), version: 'v1.22' },
    clusters: [part('c1hz', 'hz'), part('c1sh', 'sh', 'cn-shanghai')],
    vpcs: [],
  },
};

const mesh = (id: string, name: string, clusters = [part('c9', 'legacy')]) =>
  ({
    ...part(id, name),
    version: 'v1.23',
    clusters,
  } as unknown as MeshSummary);

const names = (entities: Entity[]) =>
  entities.map(({ kind, metadata }) => `${kind}:${metadata.name}`).sort();

describe('the fleet in the catalog', () => {
  it('has environments as Systems and their meshes and clusters as Resources of them', async () => {
    const entities = fleetEntities([environment], [], 'unknown');
    expect(names(entities)).toEqual([
      'Resource:demo-hz',
      'Resource:demo-mesh',
      'Resource:demo-sh',
      'System:demo',
    ]);
    const resource = entities.find(e => e.metadata.name === 'demo-mesh')!;
    expect(resource.spec).toEqual({
      owner: 'group:default/platform',
      system: 'demo',
      type: 'service-mesh',
      dependsOn: ['resource:default/demo-hz', 'resource:default/demo-sh'],
    });
    expect(resource.metadata.annotations).toEqual({
      'mesh-dr.io/mesh': 'c1mesh',
      'mesh-dr.io/environment': 'demo',
    });
    for (const entity of entities) {
      const validator = {
        System: systemEntityV1alpha1Validator,
        Resource: resourceEntityV1alpha1Validator,
      }[entity.kind];
      expect(
        await (validator ?? componentEntityV1alpha1Validator).check(entity),
      ).toBe(true);
    }
  });

  it('has meshes that no template made, and clusters that joined later', () => {
    const entities = fleetEntities(
      [environment],
      [
        mesh('c1mesh', 'mesh', [part('c1hz', 'hz'), part('c1bj', 'bj')]),
        mesh('c2mesh', 'old mesh!'),
      ],
      'group:default/ops',
    );
    expect(names(entities)).toEqual([
      'Resource:demo-bj',
      'Resource:demo-hz',
      'Resource:demo-mesh',
      'Resource:demo-sh',
      'Resource:legacy',
      'Resource:old-mesh',
      'System:demo',
    ]);
    const old = entities.find(e => e.metadata.name === 'old-mesh')!;
    expect(old.spec).toMatchObject({ owner: 'group:default/ops' });
    expect(old.spec).not.toHaveProperty('system');
  });

  it('gives meshes of one name different names', () => {
    const entities = fleetEntities(
      [],
      [
        mesh('c1'.padEnd(33, 'a'), 'mesh', []),
        mesh('c2'.padEnd(33, 'b'), 'Mesh', []),
      ],
      'unknown',
    );
    expect(names(entities)).toEqual([
      'Resource:Mesh-bbbbbbbbbbbb',
      'Resource:mesh',
    ]);
  });

  it('is handed over when it changes, and kept while the backend does not answer', async () => {
    let environments: Environment[] | Error = [environment];
    const handed: string[][] = [];
    const waiting: (() => void)[] = [];
    const provider = new FleetEntityProvider({
      meshDr: {
        listEnvironments: async () => {
          if (environments instanceof Error) throw environments;
          return environments;
        },
        listMeshes: async () => [],
      },
      request: async () => ({}),
      defaultOwner: 'unknown',
      logger: quietLogger,
      schedule: { run: async ({ fn }: any) => fn() } as any,
    });
    await provider.connect({
      applyMutation: async ({ entities }: any) => {
        handed.push(entities.map(({ entity }: any) => entity.metadata.name));
        waiting.splice(0).forEach(wake => wake());
      },
      refresh: async () => {},
    } as any);
    expect(handed).toHaveLength(1);
    await provider.refresh();
    expect(handed).toHaveLength(1);

    environments = new Error('not up yet');
    await expect(provider.refresh()).rejects.toThrow('not up yet');
    expect(handed).toHaveLength(1);

    environments = [];
    const next = new Promise<void>(resolve => {
      waiting.push(resolve);
    });
    fleetChanged();
    await next;
    expect(handed).toEqual([expect.arrayContaining(['demo']), []]);
  });
});
