import { Reader } from 'protobufjs/minimal';
import { setUpApiServers } from '../__testUtils__/apiServers';

const { api, mesh } = setUpApiServers();

const aggregated = (version: string) =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

describe('discovery', () => {
  it('is aggregated only for who asks for that very version', async () => {
    const legacy = await api('/apis', { accept: 'application/json' });
    expect(legacy.body.kind).toBe('APIGroupList');
    for (const version of ['v2', 'v2beta1']) {
      const { body, headers } = await api('/apis', {
        accept: `${aggregated(version)},application/json`,
      });
      expect(headers['content-type']).toBe(aggregated(version));
      expect(body).toMatchObject({
        kind: 'APIGroupDiscoveryList',
        apiVersion: `apidiscovery.k8s.io/${version}`,
      });
    }
    const other = await api('/apis', {
      accept: `${aggregated('v9')},application/json`,
    });
    expect(other.body.kind).toBe('APIGroupList');
  });

  it('says the same in both forms', async () => {
    const { body } = await mesh('/apis', { accept: aggregated('v2') });
    for (const group of body.items) {
      for (const { version, resources } of group.versions) {
        const legacy = await mesh(`/apis/${group.metadata.name}/${version}`);
        const flat = resources.flatMap((r: any) => [
          [r.resource, r.responseKind.kind, r.scope === 'Namespaced', r.verbs],
          ...(r.subresources ?? []).map((s: any) => [
            `${r.resource}/${s.subresource}`,
            s.responseKind.kind,
            r.scope === 'Namespaced',
            s.verbs,
          ]),
        ]);
        expect(flat).toEqual(
          legacy.body.resources.map((r: any) => [
            r.name,
            r.kind,
            r.namespaced,
            r.verbs,
          ]),
        );
      }
    }
    expect(body.items.map((g: any) => g.metadata.name)).toContain(
      'networking.istio.io',
    );
  });
});

describe('OpenAPI', () => {
  it('v3 names each document with its hash, and may be cached by it', async () => {
    const index = await api('/openapi/v3');
    const url = index.body.paths['apis/apps/v1'].serverRelativeURL;
    const hash = url.split('=')[1];
    const document = await api(url);
    expect(document.headers).toMatchObject({
      etag: `"${hash}"`,
      'cache-control': 'public, immutable',
    });
    expect(
      document.body.components.schemas['io.k8s.api.apps.v1.DeploymentSpec']
        .properties.replicas,
    ).toEqual({ type: 'integer', format: 'int32' });
    const stale = await api('/openapi/v3/apis/apps/v1?hash=OLD');
    expect([stale.status, stale.headers.location]).toEqual([301, url]);
    expect((await api('/openapi/v3/apis/none/v1')).status).toBe(404);
  });

  it('v2 comes as JSON, and as the protobuf of the public schema', async () => {
    const json = await api('/openapi/v2');
    const { definitions, paths } = json.body;
    expect(definitions['io.k8s.api.core.v1.Pod']).toMatchObject({
      'x-kubernetes-group-version-kind': [
        { group: '', version: 'v1', kind: 'Pod' },
      ],
    });
    const asked = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const binary = await api('/openapi/v2', { accept: asked, binary: true });
    expect(binary.headers['content-type']).toBe(asked.replace('@', '.'));
    const counts = { paths: 0, definitions: 0 };
    const top = new Reader(binary.bytes!);
    while (top.pos < top.len) {
      const field = top.uint32() >>> 3;
      if (field !== 8 && field !== 9) {
        top.skipType(2);
        continue;
      }
      const inner = new Reader(top.bytes());
      while (inner.pos < inner.len) {
        inner.skipType(inner.uint32() & 7);
        counts[field === 8 ? 'paths' : 'definitions'] += 1;
      }
    }
    expect(counts).toEqual({
      paths: Object.keys(paths).length,
      definitions: Object.keys(definitions).length,
    });
  });

  it('refers only to what it defines', async () => {
    for (const call of [api, mesh]) {
      const { body, text } = await call('/openapi/v2');
      const named = text.match(/#\/definitions\/[^"]+/g) ?? [];
      expect(named.length).toBeGreaterThan(20);
      const missing = named.filter(
        ref => !body.definitions[ref.slice('#/definitions/'.length)],
      );
      expect(missing).toEqual([]);
    }
  });
});
