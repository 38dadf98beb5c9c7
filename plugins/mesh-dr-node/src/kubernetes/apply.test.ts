import { ConflictError } from '@backstage/errors';
import { applyManifests, parseManifests } from './apply';
import type { KubernetesConnection, KubernetesObject } from './types';

const manifests = parseManifests(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: reviews, namespace: bookinfo}
---
# nothing here
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: reviews}}
- {apiVersion: v1, kind: Namespace, metadata: {name: bookinfo}}
`);

function fakeCluster(
  id: string,
  refuse: (object: KubernetesObject) => Error | undefined = () => undefined,
) {
  const applied: string[] = [];
  const connection = {
    id,
    resources: async (apiVersion: string) =>
      apiVersion === 'example.io/v1'
        ? [{ kind: 'Widget', plural: 'widgetz', namespaced: false }]
        : [],
    apply: async (
      type: { plural: string },
      object: KubernetesObject,
      options: unknown,
    ) => {
      const error = refuse(object);
      if (error) throw error;
      applied.push(
        `${type.plural} ${object.metadata.namespace ?? '-'}/${
          object.metadata.name
        } ${JSON.stringify(options)}`,
      );
      return object;
    },
  } as unknown as KubernetesConnection;
  return { connection, applied };
}

describe('applyManifests', () => {
  it('applies to all clusters, Namespaces first, into the default namespace', async () => {
    const a = fakeCluster('a');
    const b = fakeCluster('b');
    const progress: unknown[] = [];
    const results = await applyManifests(
      [a.connection, b.connection],
      manifests,
      {
        fieldManager: 'mesh-dr',
        force: true,
        dryRun: true,
        onProgress: p => progress.push(p),
      },
    );
    expect(results.map(r => [r.cluster, r.ok, r.applied.length])).toEqual([
      ['a', true, 3],
      ['b', true, 3],
    ]);
    const options = '{"fieldManager":"mesh-dr","force":true,"dryRun":true}';
    expect(a.applied).toEqual([
      `namespaces -/bookinfo ${options}`,
      `deployments bookinfo/reviews ${options}`,
      `services default/reviews ${options}`,
    ]);
    expect(b.applied).toEqual(a.applied);
    expect(progress).toContainEqual({
      cluster: 'b',
      object: 'Service default/reviews',
    });
  });

  it('lets a failing cluster fail alone and leaves its rest untouched', async () => {
    const good = fakeCluster('good');
    const bad = fakeCluster('bad', object =>
      object.kind === 'Namespace'
        ? new ConflictError('owned by another manager')
        : undefined,
    );
    const results = await applyManifests(
      [bad.connection, good.connection],
      manifests,
      { fieldManager: 'mesh-dr' },
    );
    expect(results[0]).toMatchObject({
      cluster: 'bad',
      ok: false,
      applied: [],
      error: { name: 'ConflictError' },
    });
    expect(results[1]).toMatchObject({ ok: true });
    expect(bad.applied).toEqual([]);
  });

  it('asks the cluster about kinds it does not know', async () => {
    const { connection, applied } = fakeCluster('a');
    const widget = {
      apiVersion: 'example.io/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'ignored' },
    };
    await applyManifests([connection], [widget], { fieldManager: 'm' });
    expect(applied[0]).toMatch(/^widgetz -\/w /);
    const [result] = await applyManifests(
      [connection],
      [{ ...widget, kind: 'Gadget' }],
      { fieldManager: 'm' },
    );
    expect(result).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('kind Gadget') },
    });
  });

  it.each([
    [
      { kinds: ['Deployment', 'Namespace'] },
      'kind Service of v1 is not allowed',
    ],
    [{ namespaces: ['bookinfo'] }, 'namespace default is not allowed'],
    [{ namespaces: ['default'] }, 'Namespace bookinfo: namespace bookinfo'],
  ])('sends nothing when %j is exceeded', async (allow, message) => {
    const { connection, applied } = fakeCluster('a');
    await expect(
      applyManifests([connection], manifests, { fieldManager: 'm', allow }),
    ).rejects.toMatchObject({
      name: 'NotAllowedError',
      message: expect.stringContaining(message),
    });
    expect(applied).toEqual([]);
  });

  it('does not let other kinds in through a name or a scope', async () => {
    const { connection, applied } = fakeCluster('a');
    const apply = (
      apiVersion: string,
      kind: string,
      allow: { kinds?: string[]; namespaces?: string[] },
    ) =>
      applyManifests(
        [connection],
        [{ apiVersion, kind, metadata: { name: 'x' } }],
        { fieldManager: 'm', allow },
      );
    // Another group's Service is not Kubernetes' Service.
    await expect(
      apply('serving.example.dev/v1', 'Service', { kinds: ['Service'] }),
    ).rejects.toMatchObject({ name: 'NotAllowedError' });
    await expect(
      apply('v1', 'Node', { namespaces: ['default'] }),
    ).rejects.toMatchObject({ name: 'NotAllowedError' });
    // Only the cluster knows that this one is cluster-scoped.
    expect(
      await apply('example.io/v1', 'Widget', { namespaces: ['default'] }),
    ).toMatchObject([{ ok: false, error: { name: 'NotAllowedError' } }]);
    expect(applied).toEqual([]);
    expect(
      await apply('example.io/v1', 'Widget', {
        namespaces: ['default'],
        kinds: ['example.io/Widget'],
      }),
    ).toMatchObject([{ ok: true }]);
  });

  it('stops when the signal aborts', async () => {
    const { connection, applied } = fakeCluster('a');
    await expect(
      applyManifests([connection], manifests, {
        fieldManager: 'm',
        signal: AbortSignal.abort(new Error('cancelled')),
      }),
    ).rejects.toThrow('cancelled');
    expect(applied).toEqual([]);
  });
});

describe('parseManifests', () => {
  it.each([
    ['a: [', 'document 1 is not valid YAML'],
    ['kind: Pod\nmetadata: {name: a}', 'document 1: apiVersion is missing'],
    [
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod',
      'document 2: Pod: metadata.name is missing',
    ],
    ['- 1\n- 2', 'document 1: it is not an object'],
    ['just text', 'document 1: it is not an object'],
  ])('says what is wrong: %#', (yaml, message) => {
    expect(() => parseManifests(yaml)).toThrow(message);
  });

  it('finds nothing in nothing', () => {
    expect(parseManifests('')).toEqual([]);
  });
});
