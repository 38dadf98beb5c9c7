import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  type TestBackend,
} from '@backstage/backend-test-utils';
import scaffolderBackend from '@backstage/plugin-scaffolder-backend';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import request from 'supertest';
import { parse } from 'yaml';
import { createActions } from './actions';
import { createDeps, sandboxAccounts } from './__testUtils__/deps';
import { visibleTexts } from './__testUtils__/visibleTexts';

jest.setTimeout(120_000);

const ROOT = resolve(__dirname, '../../../templates');

const templates = readdirSync(ROOT)
  .filter(name => statSync(join(ROOT, name)).isDirectory())
  .sort();

const read = (name: string) =>
  parse(readFileSync(join(ROOT, name, 'template.yaml'), 'utf8'), {
    merge: true,
  });

/** What a form holds when nobody touches it: the defaults of its schema. */
function defaultsOf(template: any): Record<string, any> {
  const values: Record<string, any> = {};
  for (const page of template.spec.parameters) {
    for (const [name, property] of Object.entries<any>(page.properties ?? {})) {
      if (property.default !== undefined) values[name] = property.default;
    }
  }
  return values;
}

/** Fields without a default that a person has to fill in. */
const filledIn: Record<string, Record<string, unknown>> = {
  'join-cluster': {
    clusters: [{ id: `c${'0'.repeat(32)}`, region: 'cn-hangzhou' }],
  },
  'deploy-everywhere': {
    name: 'hello',
    owner: 'group:default/team',
    image: 'istio/examples-helloworld-v1:1.0',
  },
  'protect-service': {
    component: 'component:default/reviews',
    reason: 'before the holidays',
    failover: [{ from: 'cn-hangzhou', to: 'cn-shanghai' }],
  },
  'destroy-environment': { environment: 'dr-demo', confirm: 'dr-demo' },
};

/** Values at the edge of what a form takes: each has to run as well. */
const edges: Record<string, Record<string, unknown>[]> = {
  'multi-region-mesh': [
    { bandwidthMbps: 0, verifyConnectivity: false, kubernetesVersion: '' },
    { name: 'a1', nodes: 1, edition: 'Default', apiServerAccess: 'private' },
  ],
  'join-cluster': [{ verifyConnectivity: false, account: 'sandbox' }],
  'ingress-gateway': [
    { service: 'hello', host: 'hello.example.com', prefix: '/api', port: 8080 },
    { addressType: 'intranet', replicas: 1 },
  ],
  'deploy-everywhere': [
    { imageRegistry: 'registry.example.com:5000/mirror', replicas: 1 },
  ],
  bookinfo: [
    { layout: 'full', takeAway: true },
    { outlierDetection: 'guide', environment: '' },
  ],
  'protect-service': [
    { mode: 'off' },
    {
      mode: 'distribution',
      from: 'cn-hangzhou',
      shares: { 'cn-hangzhou': 90, 'cn-shanghai': 10 },
    },
  ],
  'destroy-environment': [],
};

/** Values that a form must not take. */
const refused: Record<string, Record<string, unknown>[]> = {
  'multi-region-mesh': [
    { name: 'Upper' },
    { network: { vpcs: [] } },
    { bandwidthMbps: 20_000 },
    { instanceType: 'g7' },
  ],
  'join-cluster': [{ clusters: [] }, { clusters: [{ id: 'c1', region: 'x' }] }],
  'ingress-gateway': [{ prefix: 'api' }, { replicas: 0 }],
  'deploy-everywhere': [{ name: 'Hello' }, { image: 'UPPER' }, { replicas: 0 }],
  bookinfo: [{ layout: 'other' }, { namespace: 'Not valid' }],
  'protect-service': [{ mode: 'sometimes' }, { reason: 'x' }],
  'destroy-environment': [{ environment: 'X' }],
};

describe('software templates', () => {
  let sandbox: Sandbox;
  let backend: TestBackend;

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 300 });
    const deps = createDeps({
      accounts: sandboxAccounts(sandbox),
      meshDr: {
        getMesh: async (mesh: string) => ({
          id: mesh,
          name: mesh,
          account: 'sandbox',
          clusters: [],
        }),
        preview: async () => ({
          findings: [],
          applicable: true,
          steps: [],
          after: '',
          hash: 'h',
        }),
      } as any,
    });
    backend = await startTestBackend({
      features: [
        scaffolderBackend,
        mockServices.rootConfig.factory({
          data: { integrations: {}, backend: { baseUrl: 'http://localhost' } },
        }),
        catalogServiceMock.factory({
          entities: [
            {
              apiVersion: 'backstage.io/v1alpha1',
              kind: 'Component',
              metadata: {
                name: 'reviews',
                namespace: 'default',
                annotations: {
                  'mesh-dr.io/host': 'reviews.default',
                  'mesh-dr.io/mesh': 'mesh',
                },
              },
              spec: {},
            },
          ],
        }),
        createBackendModule({
          pluginId: 'scaffolder',
          moduleId: 'mesh-dr',
          register: env =>
            env.registerInit({
              deps: { scaffolder: scaffolderActionsExtensionPoint },
              init: async ({ scaffolder }) =>
                scaffolder.addActions(...createActions(deps)),
            }),
        }),
      ],
    });
  });
  afterAll(async () => {
    await backend?.stop();
    await sandbox.stop();
  });

  const contentsOf = (name: string) =>
    readdirSync(join(ROOT, name), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .map(file => ({
        path: relative(join(ROOT, name), file),
        base64Content: readFileSync(file).toString('base64'),
      }));

  const dryRun = (name: string, values: object) =>
    request(backend.server)
      .post('/api/scaffolder/v2/dry-run')
      .set('Authorization', mockCredentials.user.header())
      .send({
        template: read(name),
        values,
        directoryContents: contentsOf(name),
      });

  it('are those of the design, and all of them are offered', () => {
    expect(templates).toEqual([
      'bookinfo',
      'deploy-everywhere',
      'destroy-environment',
      'ingress-gateway',
      'join-cluster',
      'multi-region-mesh',
      'protect-service',
    ]);
    const { targets } = parse(
      readFileSync(join(ROOT, 'all.yaml'), 'utf8'),
    ).spec;
    expect([...targets].sort()).toEqual(
      templates.map(name => `./${name}/template.yaml`),
    );
  });

  it.each(templates)(
    '%s has an owner, both languages, its plan as the last page and links at its end',
    name => {
      const { metadata, spec } = read(name);
      expect(metadata.name).toBe(name);
      expect(spec.owner).toMatch(/^group:/);
      expect(metadata.title).toMatch(/[A-Za-z].* \/ .*[\u4e00-\u9fa5]/);
      expect(metadata.description).toMatch(/[a-z][^]*\n[^]*[\u4e00-\u9fa5]/);
      expect(spec.output.links.length).toBeGreaterThan(0);
      expect(spec.EXPERIMENTAL_recovery.EXPERIMENTAL_strategy).toBe(
        'startOver',
      );
      const last = spec.parameters.at(-1);
      expect(last.title).toMatch(/^Plan and cost/);
      expect(last.properties.plan['ui:field']).toMatch(/PlanField$/);
      const [first] = spec.steps.filter((step: any) =>
        step.action.startsWith('dr:'),
      );
      expect(first.action).toBe('dr:operations:grant');
    },
  );

  it.each(templates)('%s speaks both languages wherever it is read', name => {
    const texts = visibleTexts(read(name));
    expect(texts.length).toBeGreaterThan(10);
    const lacking = texts.filter(
      ([, text]) => !/[A-Za-z]/.test(text) || !/[\u4e00-\u9fa5]/.test(text),
    );
    expect(lacking).toEqual([]);
    // A form draws the lines of a description as one: without full stops the languages run into each other.
    const unended = texts.filter(
      ([place, text]) =>
        place.endsWith('.description') && !/[.?!]\n[^\n]*[。？！]$/.test(text),
    );
    expect(unended).toEqual([]);
  });

  const runs = templates.flatMap(name =>
    [{}, ...edges[name]].map(values => ({ name, values })),
  );

  it.each(runs)(
    '$name runs dry with its defaults and $values, and touches nothing',
    async ({ name, values }) => {
      const inventory = async () =>
        (await fetch(`${sandbox.control}/inventory`)).json();
      const before = await inventory();
      const answer = await dryRun(name, {
        ...defaultsOf(read(name)),
        ...filledIn[name],
        ...values,
      });
      expect(answer.body.error).toBeUndefined();
      expect(answer.status).toBe(200);
      const ended = answer.body.log
        .map(({ body }: any) => body)
        .filter(({ stepId, status }: any) => stepId && status)
        .map(({ status }: any) => status);
      expect(ended).not.toContain('failed');
      expect(answer.body.output.links.length).toBeGreaterThan(0);
      expect(JSON.stringify(answer.body.output)).not.toContain('${{');
      expect(await inventory()).toEqual(before);
    },
  );

  const wrong = templates.flatMap(name =>
    refused[name].map(values => ({ name, values })),
  );

  it.each(wrong)('$name does not take $values', async ({ name, values }) => {
    const answer = await dryRun(name, {
      ...defaultsOf(read(name)),
      ...filledIn[name],
      ...values,
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].property).toContain(Object.keys(values)[0]);
  });

  it('write manifests in which every placeholder is filled', async () => {
    const { body } = await dryRun('deploy-everywhere', {
      ...defaultsOf(read('deploy-everywhere')),
      ...filledIn['deploy-everywhere'],
    });
    const file = body.directoryContents.find(
      ({ path }: any) => path === 'workload.yaml',
    );
    const text = Buffer.from(file.base64Content, 'base64').toString();
    expect(text).toContain('image: docker.io/istio/examples-helloworld-v1:1.0');
    expect(text).not.toMatch(/\$\{\{|undefined|null/);
  });
});
