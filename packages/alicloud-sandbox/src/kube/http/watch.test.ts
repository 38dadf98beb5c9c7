import { request } from 'node:https';
import {
  apiOf,
  configMap,
  credentialsOf,
  destinationRule,
} from '../__testUtils__/api';
import {
  MAPS,
  MERGE,
  RULES,
  setUpApiServers,
} from '../__testUtils__/apiServers';
import { eventually, MESH, testFleet } from '../__testUtils__/fleet';
import { CONFIG_MAPS } from '../kinds';

jest.setTimeout(120_000);

const servers = setUpApiServers();
const { api, map, mesh } = servers;

/** Follows a watch until `enough` says so; answers with its events. */
async function watched(
  path: string,
  enough: (events: any[]) => boolean,
  during?: (events: any[]) => unknown,
) {
  const events: any[] = [];
  const abort = new AbortController();
  const stream = api(path, {
    signal: abort.signal,
    onEvent: e => events.push(e),
  }).catch(() => undefined);
  await during?.(events);
  await eventually(`the watch ${path} has seen enough`, () => enough(events));
  abort.abort();
  await stream;
  return events;
}

describe('watching', () => {
  it('begins with what is there, then tells every change', async () => {
    await map('w-old');
    const events = await watched(
      `${MAPS}?watch=true&fieldSelector=metadata.name!%3Dkube-root-ca.crt`,
      seen =>
        seen.some(
          e => e.type === 'DELETED' && e.object.metadata.name === 'w-new',
        ),
      async seen => {
        await eventually('the watch has begun', () => seen.length > 0);
        await map('w-new', { a: '1' });
        await api(`${MAPS}/w-new`, {
          method: 'PATCH',
          type: MERGE,
          body: { data: { a: '2' } },
        });
        await api(`${MAPS}/w-new`, { method: 'DELETE' });
      },
    );
    const types = (name: string) =>
      events.filter(e => e.object.metadata.name === name).map(e => e.type);
    expect(types('w-old')).toEqual(['ADDED']);
    expect(types('w-new')).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  });

  it('goes on after a version, without a gap', async () => {
    const { body } = await api(MAPS);
    for (const name of ['g-1', 'g-2', 'g-3']) await map(name);
    const events = await watched(
      `${MAPS}?watch=true&resourceVersion=${body.metadata.resourceVersion}`,
      seen => seen.length >= 3,
    );
    expect(events.map(e => e.object.metadata.name)).toEqual([
      'g-1',
      'g-2',
      'g-3',
    ]);
  });

  it('turns entering and leaving the selection into ADDED and DELETED', async () => {
    await map('sel');
    const { body } = await api(MAPS);
    const label = (value: string | null) =>
      api(`${MAPS}/sel`, {
        method: 'PATCH',
        type: MERGE,
        body: { metadata: { labels: { pick: value } } },
      });
    const events = await watched(
      `${MAPS}?watch=true&labelSelector=pick%3Dme&resourceVersion=${body.metadata.resourceVersion}`,
      seen => seen.length >= 2,
      async () => {
        await label('me');
        await label(null);
      },
    );
    expect(events.map(e => e.type)).toEqual(['ADDED', 'DELETED']);
  });

  it('answers 410 in the stream for a version that is forgotten or was never given', async () => {
    for (const version of ['1', '999999999999999']) {
      const events: any[] = [];
      await api(`${MAPS}?watch=true&resourceVersion=${version}`, {
        onEvent: e => events.push(e),
      });
      expect(events).toEqual([
        {
          type: 'ERROR',
          object: expect.objectContaining({
            kind: 'Status',
            code: 410,
            reason: 'Expired',
          }),
        },
      ]);
    }
  });

  it('ends at its time limit, with a bookmark of the latest version', async () => {
    const { body } = await api('/api/v1/secrets');
    const events: any[] = [];
    const stream = api(
      `/api/v1/secrets?watch=true&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=${body.metadata.resourceVersion}`,
      { onEvent: e => events.push(e) },
    );
    await map('other-kind');
    expect((await stream).status).toBe(200);
    const { body: after } = await api(MAPS);
    expect(events).toEqual([
      { type: 'BOOKMARK', object: expect.objectContaining({ kind: 'Secret' }) },
    ]);
    expect(Number(events[0].object.metadata.resourceVersion)).toBeGreaterThan(
      Number(body.metadata.resourceVersion),
    );
    expect(
      Number(events[0].object.metadata.resourceVersion),
    ).toBeLessThanOrEqual(Number(after.metadata.resourceVersion));
  });
});

describe('who may come in, and when', () => {
  it('is only who has a valid certificate of this cluster', async () => {
    const denied = { code: 401, reason: 'Unauthorized' };
    const { server, ca } = credentialsOf(
      servers.ack.kubeconfig({ ttlMs: 1000 }).yaml,
    );
    const other = credentialsOf(servers.asm.kubeconfig({ ttlMs: 60_000 }).yaml);
    const expired = servers.ack.kubeconfig({ ttlMs: -60_000 });
    expect(Date.parse(expired.expiresAt)).toBeLessThan(Date.now());
    expect(
      (await apiOf(servers.ack, expired.yaml)('/version')).body,
    ).toMatchObject(denied);
    const status = (options: object) =>
      new Promise(resolve => {
        request(`${server}/version`, { ca, agent: false, ...options }, r =>
          resolve(r.resume().statusCode),
        ).end();
      });
    expect(await status({})).toBe(401);
    expect(await status({ cert: other.cert, key: other.key })).toBe(401);
    expect((await api('/version')).body).toMatchObject({
      gitVersion: 'v1.32.1-aliyun.1',
    });
  });

  it('is nobody while the region is out; waiting requests and watches go on afterwards', async () => {
    const events: any[] = [];
    const abort = new AbortController();
    const { body } = await api(MAPS);
    const stream = api(
      `${MAPS}?watch=true&resourceVersion=${body.metadata.resourceVersion}`,
      { signal: abort.signal, onEvent: e => events.push(e) },
    ).catch(() => undefined);
    await map('before-outage');
    await eventually('the watch works', () => events.length === 1);
    servers.ack.suspend();
    let answered = false;
    const waiting = api('/version').then(answer => {
      answered = true;
      return answer;
    });
    servers.ack.storage.create(CONFIG_MAPS, configMap('during-outage'));
    // Another region's server answers meanwhile, again and again.
    for (let i = 0; i < 20; i += 1) await mesh('/version');
    expect([answered, events.length]).toEqual([false, 1]);
    servers.ack.resume();
    expect((await waiting).status).toBe(200);
    await eventually('the watch goes on', () =>
      events.some(e => e.object.metadata.name === 'during-outage'),
    );
    abort.abort();
    await stream;
  });
});

describe('a restart', () => {
  it('keeps objects, the address and the credentials', async () => {
    const first = testFleet();
    const cluster = await first.fleet.open(MESH);
    const { yaml } = cluster.kubeconfig({ ttlMs: 60_000 });
    await apiOf(cluster, yaml)(RULES, {
      method: 'POST',
      body: destinationRule('kept'),
    });
    const state = first.snapshot();
    await first.stop();
    const second = testFleet({ restore: state });
    const again = await second.fleet.open(MESH);
    expect(again.port).toBe(cluster.port);
    expect((await apiOf(again, yaml)(`${RULES}/kept`)).body.spec).toEqual({
      host: 'kept',
    });
    await second.fleet.destroy(MESH.id);
    expect(second.fleet.list()).toEqual([]);
    const anew = await second.fleet.open(MESH);
    expect((await apiOf(anew)(`${RULES}/kept`)).status).toBe(404);
    await second.stop();
  });
});
