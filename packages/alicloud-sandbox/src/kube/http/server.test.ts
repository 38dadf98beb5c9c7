import {
  configMap,
  deployment,
  destinationRule,
  type Answer,
} from '../__testUtils__/api';
import {
  MAPS,
  MERGE,
  RULES,
  setUpApiServers,
} from '../__testUtils__/apiServers';
import { eventually, nodeSpec } from '../__testUtils__/fleet';
import { PODS } from '../kinds';
import type { SimulatedCluster } from '../cluster';

const DEPLOYMENTS_PATH = '/apis/apps/v1/namespaces/default/deployments';
const APPLY = 'application/apply-patch+yaml';
const servers = setUpApiServers();
const { api, map, mesh } = servers;

describe('writing', () => {
  it('creates, replaces with optimistic concurrency, patches and deletes', async () => {
    const made = await map('life', { a: '1' });
    expect(made.status).toBe(201);
    const stale = { ...made.body, data: { a: '2' } };
    expect(
      (await api(`${MAPS}/life`, { method: 'PUT', body: stale })).status,
    ).toBe(200);
    const lost = await api(`${MAPS}/life`, { method: 'PUT', body: stale });
    expect(lost.body).toMatchObject({
      kind: 'Status',
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "life": the object has been modified; please apply your changes to the latest version and try again',
    });
    const patched = await api(`${MAPS}/life`, {
      method: 'PATCH',
      type: MERGE,
      body: { data: { a: null, b: '3' } },
    });
    expect(patched.body.data).toEqual({ b: '3' });
    const gone = await api(`${MAPS}/life`, { method: 'DELETE' });
    expect(gone.body).toMatchObject({
      status: 'Success',
      details: { name: 'life', uid: made.body.metadata.uid },
    });
    expect((await api(`${MAPS}/life`)).body).toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: 'configmaps "life" not found',
    });
  });

  it('changes nothing on a dry run', async () => {
    const made = await api(`${MAPS}?dryRun=All`, {
      method: 'POST',
      body: configMap('ghost'),
    });
    expect(made.body.metadata.uid).toBeDefined();
    expect((await api(`${MAPS}/ghost`)).status).toBe(404);
    const { body } = await map('solid', { a: '1' });
    await api(`${MAPS}/solid?dryRun=All`, {
      method: 'PATCH',
      type: MERGE,
      body: { data: { a: '2' } },
    });
    await api(`${MAPS}/solid?dryRun=All`, { method: 'DELETE' });
    expect((await api(`${MAPS}/solid`)).body).toEqual(body);
  });

  it('refuses unknown fields when asked to be strict, warns otherwise', async () => {
    const odd = deployment('odd');
    odd.spec.replcas = 3;
    const strict = await api(`${DEPLOYMENTS_PATH}?fieldValidation=Strict`, {
      method: 'POST',
      body: odd,
    });
    expect(strict.body).toMatchObject({
      code: 400,
      message: expect.stringContaining(
        'strict decoding error: unknown field "spec.replcas"',
      ),
    });
    const warned = await api(DEPLOYMENTS_PATH, { method: 'POST', body: odd });
    expect(warned.status).toBe(201);
    expect(warned.headers.warning).toContain('unknown field');
    expect(warned.body.spec).not.toHaveProperty('replcas');
    await api(`${DEPLOYMENTS_PATH}/odd`, { method: 'DELETE' });
  });

  it('answers protobuf, nonsense and unknown media types with a Status', async () => {
    const protobuf = (path: string, body: Buffer, call = api) =>
      call(path, {
        method: 'POST',
        body,
        type: 'application/vnd.kubernetes.protobuf',
      });
    expect(
      (await protobuf(MAPS, Buffer.from('k8s\0\x0a\x02'))).body,
    ).toMatchObject({ code: 400, reason: 'BadRequest' });
    // The envelope of kind v1 ConfigMap, with metadata.name and one entry of data.
    const good = Buffer.from(
      'k8s\0\x0a\x0f\x0a\x02v1\x12\x09ConfigMap\x12\x12\x0a\x08\x0a\x06binary\x12\x06\x0a\x01k\x12\x01v',
      'latin1',
    );
    expect((await protobuf(MAPS, good)).body).toMatchObject({
      metadata: { name: 'binary' },
      data: { k: 'v' },
    });
    expect((await protobuf(RULES, good, mesh)).body).toMatchObject({
      code: 415,
      reason: 'UnsupportedMediaType',
    });
    expect(
      (await api(MAPS, { accept: 'application/vnd.kubernetes.protobuf' })).body,
    ).toMatchObject({ code: 406, reason: 'NotAcceptable' });
    expect(
      (await api(MAPS, { method: 'POST', body: '{"a":' })).body,
    ).toMatchObject({ code: 400 });
    expect(
      (await api(MAPS, { method: 'POST', body: '[]' })).body,
    ).toMatchObject({ code: 400 });
    await map('typed');
    expect(
      (
        await api(`${MAPS}/typed`, {
          method: 'PATCH',
          type: 'text/plain',
          body: '{}',
        })
      ).status,
    ).toBe(415);
    expect((await api('/apis/nothing/v1/things')).body).toMatchObject({
      code: 404,
      message: 'the server could not find the requested resource',
    });
  });

  it('scales through /scale and keeps status apart from the rest', async () => {
    await api(DEPLOYMENTS_PATH, {
      method: 'POST',
      body: { ...deployment('sized', 0), status: { readyReplicas: 9 } },
    });
    const scale = await api(`${DEPLOYMENTS_PATH}/sized/scale`, {
      method: 'PATCH',
      type: MERGE,
      body: { spec: { replicas: 2 } },
    });
    expect(scale.body).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 2 },
      status: { selector: 'app=sized' },
    });
    const now = await api(`${DEPLOYMENTS_PATH}/sized`, {
      method: 'PATCH',
      type: MERGE,
      body: { status: { readyReplicas: 9 } },
    });
    expect(now.body.spec.replicas).toBe(2);
    expect(now.body.status).not.toHaveProperty('readyReplicas');
    const status = await api(`${DEPLOYMENTS_PATH}/sized/status`, {
      method: 'PATCH',
      type: MERGE,
      body: { spec: { replicas: 7 }, status: { collisionCount: 1 } },
    });
    expect(status.body.spec.replicas).toBe(2);
    expect(status.body.status.collisionCount).toBe(1);
    expect(
      (
        await api(`${DEPLOYMENTS_PATH}/sized/scale`, {
          method: 'PATCH',
          type: MERGE,
          body: { spec: { replicas: -1 } },
        })
      ).status,
    ).toBe(422);
    await api(`${DEPLOYMENTS_PATH}/sized`, { method: 'DELETE' });
  });
});

describe('Istio kinds', () => {
  it('are one storage under three versions, and absent from workload clusters', async () => {
    await mesh(RULES, { method: 'POST', body: destinationRule('shared') });
    for (const version of ['v1', 'v1beta1', 'v1alpha3']) {
      const { body } = await mesh(
        `${RULES.replace('/v1/', `/${version}/`)}/shared`,
      );
      expect(body).toMatchObject({
        apiVersion: `networking.istio.io/${version}`,
        spec: { host: 'shared' },
      });
    }
    expect((await api(RULES)).status).toBe(404);
    expect((await mesh('/api/v1/pods')).status).toBe(404);
  });

  it('are refused with 422 when their structure is wrong', async () => {
    const wrong = destinationRule('wrong', {
      trafficPolicy: { outlierDetection: { consecutive5xxErrors: 'many' } },
    });
    const { body } = await mesh(RULES, { method: 'POST', body: wrong });
    expect(body).toMatchObject({
      code: 422,
      reason: 'Invalid',
      details: { kind: 'DestinationRule' },
    });
    expect(body.message).toContain('spec.host: Required value');
    expect(body.message).toContain('must be of type integer: "string"');
  });

  it('take server-side apply, and a JSON patch bound to a version', async () => {
    const body = {
      ...destinationRule('applied'),
      metadata: { name: 'applied' },
    };
    const first = await mesh(`${RULES}/applied?fieldManager=one`, {
      method: 'PATCH',
      type: APPLY,
      body,
    });
    expect(first.status).toBe(201);
    const again = await mesh(`${RULES}/applied?fieldManager=one`, {
      method: 'PATCH',
      type: APPLY,
      body,
    });
    expect(again.body).toEqual(first.body);
    const other = { ...body, spec: { host: 'elsewhere' } };
    expect(
      (
        await mesh(`${RULES}/applied?fieldManager=two`, {
          method: 'PATCH',
          type: APPLY,
          body: other,
        })
      ).body,
    ).toMatchObject({
      code: 409,
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            field: '.spec.host',
            message: 'conflict with "one"',
          },
        ],
      },
    });
    expect(
      (
        await mesh(`${RULES}/applied?fieldManager=two&force=true`, {
          method: 'PATCH',
          type: APPLY,
          body: other,
        })
      ).body.spec.host,
    ).toBe('elsewhere');
    expect(
      (await mesh(`${RULES}/applied`, { method: 'PATCH', type: APPLY, body }))
        .status,
    ).toBe(422);
    const patch = (value: string) =>
      mesh(`${RULES}/applied`, {
        method: 'PATCH',
        type: 'application/json-patch+json',
        body: [
          { op: 'test', path: '/metadata/resourceVersion', value },
          { op: 'add', path: '/spec/exportTo', value: ['.'] },
        ],
      });
    expect((await patch('1')).status).toBe(422);
    const { body: current } = await mesh(`${RULES}/applied`);
    expect(
      (await patch(current.metadata.resourceVersion)).body.spec.exportTo,
    ).toEqual(['.']);
  });
});

describe('reading', () => {
  beforeAll(async () => {
    for (let i = 0; i < 5; i += 1) {
      const body = configMap(`page-${i}`) as any;
      body.metadata.labels = { parity: i % 2 ? 'odd' : 'even', set: 'pages' };
      await api(MAPS, { method: 'POST', body });
    }
  });

  it('selects by label and field', async () => {
    const names = async (query: string) =>
      (await api(`${MAPS}?${query}`)).body.items.map(
        (o: any) => o.metadata.name,
      );
    expect(await names('labelSelector=parity%3Dodd')).toEqual([
      'page-1',
      'page-3',
    ]);
    expect(await names('fieldSelector=metadata.name%3Dpage-2')).toEqual([
      'page-2',
    ]);
    expect((await api(`${MAPS}?fieldSelector=data.x%3D1`)).status).toBe(400);
  });

  it('hands a list out in pages that add up to the whole', async () => {
    const whole = (await api(MAPS)).body.items.map((o: any) => o.metadata.name);
    const seen: string[] = [];
    let next = '';
    do {
      const { body }: Answer = await api(
        `${MAPS}?limit=2${next ? `&continue=${next}` : ''}`,
      );
      seen.push(...body.items.map((o: any) => o.metadata.name));
      next = body.metadata.continue ?? '';
      expect(body.metadata.remainingItemCount ?? 0).toBe(
        whole.length - seen.length,
      );
    } while (next);
    expect(seen).toEqual(whole);
    expect((await api(`${MAPS}?limit=2&continue=nonsense`)).status).toBe(400);
  });

  it('prints tables and metadata when asked', async () => {
    const table = await api(`${MAPS}/page-0`, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    });
    expect(table.body).toMatchObject({
      kind: 'Table',
      rows: [
        {
          cells: ['page-0', 0, expect.any(String)],
          object: { kind: 'PartialObjectMetadata' },
        },
      ],
    });
    const partial = await api(`${MAPS}?labelSelector=set%3Dpages`, {
      accept:
        'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    });
    expect(partial.body).toMatchObject({ kind: 'PartialObjectMetadataList' });
    expect(partial.body.items[0]).not.toHaveProperty('data');
  });

  it('serves logs as text', async () => {
    const waiting = (servers.ack.storage as SimulatedCluster['storage']).create(
      PODS,
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'talker', namespace: 'default' },
        spec: {
          restartPolicy: 'Never',
          containers: [{ name: 'talk', image: 'x:1' }],
        },
      },
    );
    const path = '/api/v1/namespaces/default/pods/talker/log';
    expect((await api(path)).body).toMatchObject({
      code: 400,
      message: expect.stringContaining('is waiting to start'),
    });
    servers.test.fleet.setPodRuntime({
      run: async () => ({ exitCode: 0, log: 'one\ntwo\n' }),
    });
    servers.ack.addNode(nodeSpec(0));
    await eventually(
      'it has run',
      () =>
        servers.ack.storage.get(PODS, 'default', waiting.metadata.name)!.status
          .phase === 'Succeeded',
    );
    expect((await api(path)).text).toBe('one\ntwo\n');
    expect((await api(`${path}?tailLines=1`)).text).toBe('two\n');
    expect((await api(`${path}?container=other`)).status).toBe(400);
  });
});
