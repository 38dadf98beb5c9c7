import { MAPS, MERGE, setUpApiServers } from '../__testUtils__/apiServers';
import { HANGZHOU } from '../__testUtils__/fleet';
import { KindTable } from '../kinds';
import { ClusterStorage } from '../storage';
import { configMap } from '../__testUtils__/api';
import { stateAt } from './list';

const { api, map } = setUpApiServers();

const names = (body: any): string[] =>
  body.items
    .map((item: any) => item.metadata.name)
    .filter((name: string) => name !== 'kube-root-ca.crt');

const refusal = (message: string) => ({
  kind: 'Status',
  code: 422,
  reason: 'Invalid',
  message: `ListOptions.meta.k8s.io "" is invalid: ${message}`,
});

describe('pages', () => {
  it('all show the version of the first, whatever happens meanwhile', async () => {
    for (const name of ['p-a', 'p-b', 'p-c', 'p-d'])
      await map(name, { n: '1' });
    const select = 'fieldSelector=metadata.name!%3Dkube-root-ca.crt&limit=2';
    const first = await api(`${MAPS}?${select}`);
    expect(names(first.body)).toEqual(['p-a', 'p-b']);
    const next = `${MAPS}?${select}&continue=${first.body.metadata.continue}`;
    await api(`${MAPS}/p-c`, { method: 'DELETE' });
    await map('p-bb');
    await api(`${MAPS}/p-d`, {
      method: 'PATCH',
      type: MERGE,
      body: { data: { n: '2' } },
    });
    const second = await api(next);
    expect(names(second.body)).toEqual(['p-c', 'p-d']);
    expect(second.body.items[1].data).toEqual({ n: '1' });
    expect(second.body.metadata).toEqual({
      resourceVersion: first.body.metadata.resourceVersion,
    });
  });

  it('count what remains, except with selectors', async () => {
    const { body } = await api(`${MAPS}?limit=1`);
    const all = (await api(MAPS)).body.items.length;
    expect(body.metadata.remainingItemCount).toBe(all - 1);
    const selected = await api(`${MAPS}?limit=1&labelSelector=!x`);
    expect(selected.body.metadata.continue).toBeDefined();
    expect(selected.body.metadata).not.toHaveProperty('remainingItemCount');
  });

  it('end with 410 when the list is forgotten, offering to go on with what is there now', async () => {
    for (const name of ['q-a', 'q-b']) await map(name);
    const old = Buffer.from(
      JSON.stringify({ v: 'meta.k8s.io/v1', rv: 1, after: 'default/q-a' }),
    ).toString('base64url');
    const { body } = await api(`${MAPS}?limit=1&continue=${old}`);
    expect(body).toMatchObject({ code: 410, reason: 'Expired' });
    expect(body.message).toContain('inconsistent list');
    const rest = await api(
      `${MAPS}?limit=1&continue=${body.metadata.continue}`,
    );
    expect(names(rest.body)).toEqual(['q-b']);
    expect((await api(`${MAPS}?continue=nonsense`)).body).toMatchObject({
      code: 400,
      message: expect.stringContaining('continue key is not valid'),
    });
  });
});

describe('the version of a list', () => {
  it('may be an exact one of the past', async () => {
    await map('past', { n: '1' });
    const { resourceVersion: rv } = (await api(MAPS)).body.metadata;
    await api(`${MAPS}/past`, { method: 'DELETE' });
    const exact = await api(
      `${MAPS}?resourceVersion=${rv}&resourceVersionMatch=Exact`,
    );
    expect(names(exact.body)).toContain('past');
    expect(exact.body.metadata.resourceVersion).toBe(rv);
    const recent = await api(
      `${MAPS}?resourceVersion=${rv}&resourceVersionMatch=NotOlderThan`,
    );
    expect(names(recent.body)).not.toContain('past');
  });

  it('may not lie in the future, nor be forgotten', async () => {
    const future = await api(`${MAPS}?resourceVersion=999999999999999`);
    expect(future.body).toMatchObject({ code: 504, reason: 'Timeout' });
    expect(future.body.message).toMatch(
      /Too large resource version: 9+, current: \d+/,
    );
    expect(
      (await api(`${MAPS}?resourceVersion=1&resourceVersionMatch=Exact`)).body,
    ).toMatchObject({
      code: 410,
      message: 'The resourceVersion for the provided list is too old.',
    });
  });

  it('is refused where options contradict each other', async () => {
    const said = async (query: string) => (await api(`${MAPS}?${query}`)).body;
    expect(await said('resourceVersionMatch=Exact')).toMatchObject(
      refusal(
        'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
      ),
    );
    expect(
      await said('resourceVersion=0&resourceVersionMatch=Exact'),
    ).toMatchObject(
      refusal(
        'resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
      ),
    );
    expect(
      await said('resourceVersion=1&resourceVersionMatch=Newer'),
    ).toMatchObject(
      refusal(
        'resourceVersionMatch: Unsupported value: "Newer": supported values: "Exact", "NotOlderThan", ""',
      ),
    );
    expect(await said('watch=1&sendInitialEvents=true')).toMatchObject(
      refusal(
        'resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      ),
    );
    expect(await said('resourceVersion=abc')).toMatchObject({ code: 422 });
  });
});

describe('the state at a version', () => {
  it('is what a copy made then holds, after any changes', () => {
    const kinds = new KindTable(HANGZHOU.kind);
    const storage = new ClusterStorage({ kinds, now: () => Date.now() });
    const row = kinds.find({
      group: '',
      version: 'v1',
      resource: 'configmaps',
    })!;
    const gvr = { group: '', version: 'v1', resource: 'configmaps' };
    storage.create(
      { group: '', version: 'v1', resource: 'namespaces' },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } },
    );
    const copies = new Map<number, string>();
    const keep = () =>
      copies.set(storage.resourceVersion, JSON.stringify(storage.readAll(row)));
    keep();
    for (let i = 0; i < 60; i += 1) {
      const name = `m${(i * 7) % 5}`;
      if (!storage.get(gvr, 'default', name)) {
        storage.create(gvr, configMap(name, { i: String(i) }) as any);
      } else if (i % 3 === 0) {
        storage.delete(gvr, 'default', name);
      } else {
        storage.update(gvr, 'default', name, o => {
          o.data = { i: String(i) };
        });
      }
      keep();
    }
    expect(copies.size).toBe(61);
    for (const [version, copy] of copies) {
      expect(JSON.stringify(stateAt(storage, row, undefined, version))).toBe(
        copy,
      );
    }
    expect(stateAt(storage, row, 'other', storage.resourceVersion)).toEqual([]);
  });
});
