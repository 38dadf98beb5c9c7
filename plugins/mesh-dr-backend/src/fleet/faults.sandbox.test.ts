import request from 'supertest';
import { startFaultCloud } from '../__testUtils__/faultCloud';
import { untilFound } from '../__testUtils__/guideCloud';

jest.setTimeout(120_000);

const DAY_MS = 24 * 3_600_000;
const SHANGHAI = 'cn-shanghai';
/** A page without one of the regions would be as bad as no page. */
const SERVED = ['200 with 2 regions'];
const PODS = { group: '', version: 'v1', resource: 'pods' };

/** Whatever happens to clusters, clouds and clocks, the page is served, says what it does not know, and recovers alone. */
describe('faults of the fleet', () => {
  let cloud: Awaited<ReturnType<typeof startFaultCloud>>;

  const read = (path: string) =>
    request(cloud.backend.server).get(`/api/mesh-dr${path}`);
  const topology = () =>
    read(`/v1/meshes/${cloud.meshId}/services/default/reviews/topology`);
  const regions = async (): Promise<any[]> => (await topology()).body.regions;
  const stateIs = (region: string, wanted: string) =>
    untilFound(`${region} is ${wanted}`, async () => {
      const found = (await regions()).find(entry => entry.region === region);
      return found?.freshness.state === wanted && found;
    });
  const allWell = () =>
    untilFound('both regions are current, with their pods', async () => {
      const found = await regions();
      return (
        found?.length === 2 &&
        found.every(
          ({ freshness, ready, total }) =>
            freshness.state === 'ok' && ready === 1 && total === 1,
        ) &&
        found
      );
    });
  const addRule = async (rule: object): Promise<string> =>
    (await cloud.control('POST', '/faults/rules', rule)).id;
  const removeRules = () => cloud.control('DELETE', '/faults/rules');

  /** Replaces Shanghai's pod of reviews behind the API, and waits until pages show another one. */
  const changeIsSeen = async () => {
    const podsOf = async () => {
      const found = (await regions()).find(({ region }) => region === SHANGHAI);
      return found.clusters.flatMap(({ endpoints }: any) =>
        endpoints.map(({ pod }: any) => pod),
      );
    };
    const { storage } = cloud.apiServer(SHANGHAI);
    const before = storage
      .list(PODS, 'default')
      .map(({ metadata }) => metadata.name)
      .find(name => name.startsWith('reviews-'))!;
    storage.delete(PODS, 'default', before);
    await untilFound('pages show the new pod', async () => {
      const now = await podsOf();
      return now.length > 0 && !now.includes(before);
    });
  };

  beforeAll(async () => {
    cloud = await startFaultCloud();
    await untilFound('the mesh is known', async () => {
      const { status } = await topology();
      return status === 200;
    });
    await allWell();
  });
  afterAll(() => cloud?.stop());

  /** Reads pages all the time, as several people do; returns which outcomes there were. */
  const pagesDuring = async (work: () => Promise<void>): Promise<string[]> => {
    const outcomes = new Set<string>();
    let over = false;
    const readers = [1, 2].map(async () => {
      while (!over) {
        const { status, body } = await topology();
        outcomes.add(`${status} with ${body.regions?.length} regions`);
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    });
    try {
      await work();
    } finally {
      over = true;
      await Promise.all(readers);
    }
    return [...outcomes];
  };

  it.each(['hanging', 'gone'])('a region is out: %s', async mode => {
    const pages = await pagesDuring(async () => {
      const before = await allWell();
      const startedAt = new Date().toISOString();
      await cloud.control('POST', '/faults/regions', {
        region: SHANGHAI,
        mode,
      });
      const out = await stateIs(SHANGHAI, 'unreachable');
      expect(out.total).toBe(before[1].total);
      expect(out.freshness.since >= startedAt).toBe(true);
      expect(out.freshness.reason).not.toBe('');
      const [hangzhou] = await regions();
      expect(hangzhou.freshness.state).toBe('ok');
      await cloud.control('DELETE', `/faults/regions/${SHANGHAI}`);
      await allWell();
      await changeIsSeen();
    });
    expect(pages).toEqual(SERVED);
  });

  it('an API server restarts', async () => {
    const pages = await pagesDuring(async () => {
      for (let restart = 0; restart < 3; restart++) {
        cloud.apiServer(SHANGHAI).suspend('gone');
        await stateIs(SHANGHAI, 'unreachable');
        cloud.apiServer(SHANGHAI).resume();
        await allWell();
      }
      await changeIsSeen();
    });
    expect(pages).toEqual(SERVED);
  });

  it('every watch is told that its version is gone', async () => {
    const pages = await pagesDuring(async () => {
      const id = await addRule({
        api: 'kubernetes',
        kind: 'gone',
        verb: 'watch',
      });
      await addRule({ api: 'kubernetes', kind: 'watch-close' });
      await changeIsSeen();
      const fired = async () => {
        const { rules } = await cloud.control('GET', '/faults');
        return rules.find((rule: any) => rule.id === id).fired;
      };
      await untilFound('a storm of them', async () => (await fired()) >= 20);
      expect((await regions()).map(({ freshness }) => freshness.state)).toEqual(
        ['ok', 'ok'],
      );
      await removeRules();
      await changeIsSeen();
    });
    expect(pages).toEqual(SERVED);
  });

  it('a connection is lost on the way without a word', async () => {
    const pages = await pagesDuring(async () => {
      await addRule({
        api: 'kubernetes',
        kind: 'watch-stall',
        region: SHANGHAI,
        times: 4,
      });
      await changeIsSeen();
      await removeRules();
      await allWell();
    });
    expect(pages).toEqual(SERVED);
  });

  it('lists take too long', async () => {
    const pages = await pagesDuring(async () => {
      const before = await allWell();
      await addRule({
        api: 'kubernetes',
        kind: 'slow',
        verb: 'list',
        region: SHANGHAI,
        delayMs: 2_000,
      });
      await addRule({
        api: 'kubernetes',
        kind: 'gone',
        verb: 'watch',
        region: SHANGHAI,
      });
      await addRule({
        api: 'kubernetes',
        kind: 'watch-close',
        region: SHANGHAI,
      });
      const behind = await stateIs(SHANGHAI, 'stale');
      expect(behind.total).toBe(before[1].total);
      expect(behind.freshness.reason).toContain('did not answer GET');
      await removeRules();
      await allWell();
      await changeIsSeen();
    });
    expect(pages).toEqual(SERVED);
  });

  it('credentials are revoked', async () => {
    const pages = await pagesDuring(async () => {
      const renewals = async () => {
        const { operations } = await cloud.control('GET', '/calls');
        return Object.entries<number>(operations).find(([operation]) =>
          operation.endsWith('UserKubeconfig'),
        )![1];
      };
      const before = await renewals();
      cloud.apiServer(SHANGHAI).revokeKubeconfigs();
      await addRule({
        api: 'kubernetes',
        kind: 'watch-close',
        region: SHANGHAI,
      });
      await removeRules();
      await changeIsSeen();
      await allWell();
      // One for all watches of the cluster.
      expect(await renewals()).toBe(before + 1);
    });
    expect(pages).toEqual(SERVED);
  });

  it('access is refused, and granted again', async () => {
    const pages = await pagesDuring(async () => {
      await addRule({ api: 'kubernetes', kind: 'expired', region: SHANGHAI });
      await addRule({
        api: 'kubernetes',
        kind: 'watch-close',
        region: SHANGHAI,
      });
      const refused = await stateIs(SHANGHAI, 'forbidden');
      expect(refused.freshness.reason).toContain('Unauthorized');
      await removeRules();
      await allWell();
      await changeIsSeen();
    });
    expect(pages).toEqual(SERVED);
  });

  it.each([
    ['throttles', { kind: 'throttle' }, /Throttling/],
    [
      'has a clock a day ahead',
      { kind: 'clock-skew', skewMs: DAY_MS },
      /InvalidTimeStamp/,
    ],
    [
      'answers with the page of a gateway',
      { kind: 'error', body: 'html' },
      /5\d\d/,
    ],
    ['breaks connections', { kind: 'reset-before' }, /./],
  ])('ASM %s', async (_, rule, told) => {
    const pages = await pagesDuring(async () => {
      const mesh = async () => (await read(`/v1/meshes/${cloud.meshId}`)).body;
      await addRule({ ...rule, product: 'servicemesh' });
      await cloud.refresh();
      const { freshness } = await mesh();
      expect(freshness).toMatchObject({
        state: 'stale',
        reason: expect.stringMatching(told),
      });
      // What does not come from ASM stays current.
      await changeIsSeen();
      await removeRules();
      await cloud.refresh();
      expect((await mesh()).freshness.state).toBe('ok');
    });
    expect(pages).toEqual(SERVED);
  });

  it('the database is gone for a while', async () => {
    const pages = await pagesDuring(async () => {
      const { client } = cloud.knex;
      const gone = jest
        .spyOn(client, 'acquireConnection')
        .mockImplementation(async () => {
          throw new Error('connect ECONNREFUSED 10.0.0.5:5432');
        });
      try {
        // What needs the database says so; what does not is served.
        const { status, body } = await read('/v1/changes');
        expect(status).toBeGreaterThanOrEqual(500);
        expect(JSON.stringify(body)).not.toBe('{}');
        await changeIsSeen();
        await allWell();
        expect((await read('/v1/meshes')).status).toBe(200);
      } finally {
        gone.mockRestore();
      }
      await untilFound('changes can be read', async () => {
        return (await read('/v1/changes')).status === 200;
      });
    });
    expect(pages).toEqual(SERVED);
  });
});
