import type { Change } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { startPostgres } from './__testUtils__/postgres';
import { OUTLIER_DETECTION, RULES } from './__testUtils__/changes';
import {
  FakeCloud,
  HANGZHOU_ID,
  MESH_ID,
  SHANGHAI_ID,
} from './__testUtils__/FakeCloud';
import { FakeConnector } from './__testUtils__/FakeKubernetes';
import { deployGuide, pod, scale } from './__testUtils__/objects';
import { startPlugin, until } from './__testUtils__/startPlugin';
import { migrationsDirectory } from './database/migrate';
import { mapLimited } from './util/abort';

jest.setTimeout(300_000);

const SERVICES = Array.from({ length: 10 }, (_, index) => `shop${index}`);
const REPLICAS = 3;
const EDITS = 1000;

/** An intent that no other number has. */
const intentOf = (number: number) => ({
  mode: 'distribution' as const,
  distribute: [
    { from: 'cn-hangzhou', to: { 'cn-hangzhou': 50, 'cn-shanghai': 50 } },
    { from: 'cn-shanghai', to: { 'cn-shanghai': 100 } },
  ],
  outlierDetection: { ...OUTLIER_DETECTION, baseEjectionTime: `${number}s` },
});

describe('three backends on one PostgreSQL', () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let replicas: Awaited<ReturnType<typeof startPlugin>>[];
  const connector = new FakeConnector();
  const cloud = new FakeCloud();

  const target = (name: string) => ({
    scope: 'service' as const,
    meshId: MESH_ID,
    namespace: 'default',
    name,
  });
  const ejectionTime = async (name: string) => {
    const live: any = await connector
      .server(MESH_ID)
      .get(RULES, 'default', name);
    return live?.spec.trafficPolicy.outlierDetection.baseEjectionTime;
  };
  const history = async (name: string): Promise<Change[]> => {
    const { body } = await replicas[0]
      .get(`/v1/changes?name=${name}&limit=200`)
      .expect(200);
    return body.items;
  };
  const ask = (number: number, body: object) =>
    replicas[number % REPLICAS].post('/v1/changes').send({
      reason: `edit ${number}`,
      target: target(SERVICES[number % SERVICES.length]),
      intent: intentOf(number + 1),
      ...body,
    });

  beforeAll(async () => {
    postgres = await startPostgres();
    deployGuide(connector);
    for (const [id, region] of [
      [HANGZHOU_ID, 'cn-hangzhou'],
      [SHANGHAI_ID, 'cn-shanghai'],
    ]) {
      const cluster = connector.server(id);
      for (const name of SERVICES) {
        cluster.put('services', {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { namespace: 'default', name },
          spec: {
            selector: { app: name },
            clusterIP: '172.16.0.9',
            ports: [{ name: 'http', port: 80 }],
          },
        });
        scale(cluster, region, name, 'v1', 1);
      }
      cluster.put('pods', pod(region, 'caller', 'v1', 0));
    }
    replicas = [];
    for (let index = 0; index < REPLICAS; index++) {
      replicas.push(
        await startPlugin({ cloud, connector, knex: postgres.connect() }),
      );
    }
    await Promise.all(
      replicas.map(replica =>
        until('every replica sees the services', async () => {
          const { body } = await replica.get(
            `/v1/meshes/${MESH_ID}/services/default/shop9/topology`,
          );
          return body.regions?.every((region: any) => region.ready === 1);
        }),
      ),
    );
  });
  afterAll(async () => {
    await Promise.all((replicas ?? []).map(replica => replica.stop()));
    await postgres?.stop();
  });

  it('lets one of a hundred win, for each of ten services, and tells the others', async () => {
    const previews = await mapLimited(
      Array.from({ length: EDITS }, (_, number) => number),
      4 * REPLICAS,
      async number => {
        const { body } = await replicas[number % REPLICAS]
          .post('/v1/previews')
          .send({
            target: target(SERVICES[number % SERVICES.length]),
            intent: intentOf(number + 1),
          })
          .expect(200);
        return body.hash as string;
      },
    );
    const answers = await Promise.all(
      previews.map((previewHash, number) => ask(number, { previewHash })),
    );
    const won = answers.flatMap(({ status }, number) =>
      status === 201 ? [number] : [],
    );
    expect(won.map(number => number % 10).sort()).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(EDITS - won.length);
    refused.forEach(({ body }) =>
      expect(body.error.message).toContain('not the one that was previewed'),
    );
    for (const number of won) {
      const name = SERVICES[number % 10];
      expect(await ejectionTime(name)).toBe(`${number + 1}s`);
      expect(await history(name)).toMatchObject([
        { reason: `edit ${number}`, status: 'applied' },
      ]);
    }
  });

  it('keeps every acknowledged change, one upon the other', async () => {
    const first = EDITS;
    const numbers = Array.from({ length: 150 }, (_, index) => first + index);
    const answers = await Promise.all(numbers.map(number => ask(number, {})));
    expect(new Set(answers.map(({ status }) => status))).toEqual(
      new Set([201]),
    );
    for (const name of SERVICES) {
      const changes = (await history(name)).reverse();
      expect(changes).toHaveLength(16);
      changes
        .slice(1)
        .forEach((change, index) =>
          expect(change.before).toBe(changes[index].after),
        );
      const last: any = changes[changes.length - 1].intent;
      expect(await ejectionTime(name)).toBe(
        last.outlierDetection.baseEjectionTime,
      );
    }
  });

  it('migrates down and up again, with changes in it', async () => {
    const db = postgres.connect();
    const migrations = { directory: migrationsDirectory() };
    expect(await db('changes').select()).not.toHaveLength(0);
    await db.migrate.rollback(migrations, true);
    expect(await db.schema.hasTable('changes')).toBe(false);
    await db.migrate.latest(migrations);
    expect(await db('changes').select()).toEqual([]);
  });
});
