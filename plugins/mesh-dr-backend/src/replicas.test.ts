import type { Change } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  forkBackend,
  type BackendProcess,
} from './__testUtils__/backendProcess';
import { BOTH_WAYS, OUTLIER_DETECTION, RULES } from './__testUtils__/changes';
import { untilFound as until } from './__testUtils__/guideCloud';
import { startPostgres } from './__testUtils__/postgres';
import { startShopCloud, type ShopCloud } from './__testUtils__/shopCloud';
import { mapLimited } from './util/abort';

jest.setTimeout(300_000);

const SERVICES = Array.from({ length: 10 }, (_, index) => `shop${index}`);
/** A service that nobody edits, and that therefore follows the mesh's own rule. */
const RULELESS = 'stock';
const REPLICAS = 3;
const EDITS = 1000;
/** Wishes per service: a hundred people want one of ten things. */
const VARIANTS = 10;
/** Edits that nobody previewed, and that therefore all come to pass. */
const BLIND_EDITS = 60;
/** Where Backstage puts the plugin's tables. */
const DATABASE = 'backstage_plugin_mesh-dr';

const DISTRIBUTE = [
  { from: 'cn-hangzhou', to: { 'cn-hangzhou': 50, 'cn-shanghai': 50 } },
  { from: 'cn-shanghai', to: { 'cn-shanghai': 100 } },
];
/** An intent that can be told from others by its number of seconds. */
const intentOf = (seconds: number) => ({
  mode: 'distribution' as const,
  distribute: DISTRIBUTE,
  outlierDetection: { ...OUTLIER_DETECTION, baseEjectionTime: `${seconds}s` },
});
const numbers = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => first + index);
const serviceOf = (number: number) => SERVICES[number % SERVICES.length];
/** Every service's hundred edits wish for each of the variants ten times. */
const variantOf = (number: number) =>
  1 + (Math.floor(number / SERVICES.length) % VARIANTS);

describe('three backend processes on one PostgreSQL and one cloud', () => {
  let replicas: BackendProcess[] = [];
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let cloud: ShopCloud;

  const meshTarget = () => ({ scope: 'mesh' as const, meshId: cloud.meshId });
  const target = (name: string) => ({
    scope: 'service' as const,
    meshId: cloud.meshId,
    namespace: 'default',
    name,
  });
  const ejectionTime = async (name: string) => {
    const live: any = await cloud.mesh.get(RULES, 'default', name);
    return live?.spec.trafficPolicy.outlierDetection.baseEjectionTime;
  };
  const history = async (query: string): Promise<Change[]> => {
    const path = `/v1/changes?${query}&limit=200`;
    const { body } = await replicas[0].call('GET', path);
    return body.items;
  };
  const post = (number: number, path: string, body: object) =>
    replicas[number % REPLICAS].call('POST', path, body);
  const edit = (number: number, body: object) =>
    post(number, '/v1/changes', {
      reason: `edit ${number}`,
      target: target(serviceOf(number)),
      ...body,
    });

  beforeAll(async () => {
    // First of all: loading the code takes as long as building the cloud.
    replicas = numbers(REPLICAS).map(forkBackend);
    [postgres, cloud] = await Promise.all([
      startPostgres(),
      startShopCloud([...SERVICES, RULELESS]),
    ]);
    const { meshDr, meshId } = cloud;
    const { connection } = postgres;
    const [first, ...others] = replicas;
    // The first one makes the tables; migrations of Backstage's own do not wait for one another.
    await first.start({ connection, meshDr });
    await Promise.all(
      others.map(replica => replica.start({ connection, meshDr })),
    );
    await Promise.all(
      replicas.flatMap(replica =>
        [...SERVICES, RULELESS].map(name =>
          until(`every replica sees ${name}`, async () => {
            const path = `/v1/meshes/${meshId}/services/default/${name}/topology`;
            const { regions = [] } = (await replica.call('GET', path)).body;
            return (
              regions.length === 2 &&
              regions.every((region: any) => region.ready === 1)
            );
          }),
        ),
      ),
    );
  });
  afterAll(async () => {
    await Promise.all(replicas.map(replica => replica.kill()));
    await cloud?.sandbox.stop();
    await postgres?.stop();
  });

  it('lets one of a hundred win, for each of ten services, and tells the others', async () => {
    const hashes = new Map<string, string>();
    await mapLimited(
      numbers(SERVICES.length * VARIANTS),
      REPLICAS,
      async number => {
        const { status, body } = await post(number, '/v1/previews', {
          target: target(serviceOf(number)),
          intent: intentOf(variantOf(number)),
        });
        expect([status, body.applicable]).toEqual([200, true]);
        hashes.set(`${serviceOf(number)} ${variantOf(number)}`, body.hash);
      },
    );
    const answers = await Promise.all(
      numbers(EDITS).map(number =>
        edit(number, {
          intent: intentOf(variantOf(number)),
          previewHash: hashes.get(`${serviceOf(number)} ${variantOf(number)}`),
        }),
      ),
    );
    const won = numbers(EDITS).filter(number => answers[number].status === 201);
    expect(won.map(serviceOf).sort()).toEqual(SERVICES);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(EDITS - SERVICES.length);
    for (const { body } of refused) {
      expect(body.error.message).toContain('not the one that was previewed');
    }
    for (const number of won) {
      const name = serviceOf(number);
      expect(await ejectionTime(name)).toBe(`${variantOf(number)}s`);
      expect(await history(`name=${name}`)).toMatchObject([
        { id: answers[number].body.id, status: 'applied' },
      ]);
    }
  });

  it('keeps every acknowledged change, one upon the other', async () => {
    const answers = await Promise.all(
      numbers(BLIND_EDITS, EDITS).map(number =>
        edit(number, { intent: intentOf(number) }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(
      new Set([201]),
    );
    for (const name of SERVICES) {
      const [winner, ...changes] = (await history(`name=${name}`)).reverse();
      expect(changes.map(({ id }) => id).sort()).toEqual(
        answers
          .filter(({ body }) => body.target.name === name)
          .map(({ body }) => body.id)
          .sort(),
      );
      // None was written over a state that its plan did not know.
      let { after } = winner;
      for (const change of changes) {
        expect(change.before).toBe(after);
        after = change.after;
      }
      const { intent }: any = changes[changes.length - 1];
      expect(await ejectionTime(name)).toBe(
        intent.outlierDetection.baseEjectionTime,
      );
    }
  });

  it('finishes in another process what one left half-way when it was killed', async () => {
    const { meshId, sandbox, alicloud } = cloud;
    const change = (number: number, intent: object) =>
      post(number, '/v1/changes', {
        reason: 'game day',
        target: meshTarget(),
        intent,
      });
    const control = async (method: string, path: string, body?: object) => {
      const answer = await fetch(`${sandbox.control}/faults/rules${path}`, {
        method,
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return text && JSON.parse(text);
    };
    const setting = async () =>
      (await alicloud.asm.describeServiceMesh({ serviceMeshId: meshId }))!
        .locality;
    const failover = { mode: 'failover', failover: BOTH_WAYS };
    expect((await change(0, failover)).body).toMatchObject({
      status: 'applied',
    });

    // From one mode to the other leads through off; the call that switches on again is never answered.
    const { id: fault } = await control('POST', '', {
      kind: 'black-hole',
      operation: 'UpdateMeshFeature',
      after: 1,
    });
    const [, , victim] = replicas;
    const distribution = { mode: 'distribution', distribute: DISTRIBUTE };
    const answer = change(2, distribution).catch(() => 'none');
    await until('the second call hangs', async () => {
      const { rules } = await control('GET', '');
      return rules.some((rule: any) => rule.id === fault && rule.fired > 0);
    });
    await victim.kill();
    expect(await answer).toBe('none');
    await control('DELETE', `/${fault}`);
    expect(await setting()).toMatchObject({ enabled: false });
    const [half] = await history('status=applying');
    expect(half.target).toEqual(meshTarget());

    // What is left of it is its lease, which ends by itself; that moment need not be waited for.
    const leases = postgres.connect(DATABASE)('leases');
    const ended = { expires_at: new Date(0).toISOString() };
    expect(await leases.where({ key: `mesh:${meshId}` }).update(ended)).toBe(1);
    await until('another process has finished it', async () => {
      const [{ id, status }] = await history('status=applied');
      return id === half.id && status === 'applied';
    });
    expect(await setting()).toMatchObject({ enabled: true });
    const resumed = replicas.filter(replica =>
      replica.log().includes(`Resuming change ${half.id}`),
    );
    expect(resumed).toHaveLength(1);
    expect(resumed).not.toContain(victim);
  });
});
