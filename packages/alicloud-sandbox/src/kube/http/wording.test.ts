import {
  configMap,
  deployment,
  destinationRule,
  service,
} from '../__testUtils__/api';
import {
  MAPS,
  MERGE,
  RULES,
  setUpApiServers,
} from '../__testUtils__/apiServers';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const { api, map, mesh } = setUpApiServers();

const post = (path: string, body: object, query = '') =>
  api(`${path}${query}`, { method: 'POST', body }).then(a => a.body);

/** A Deployment with one change. */
function changed(change: (spec: any) => void) {
  const object = deployment('odd', 0);
  change(object.spec);
  return object;
}

describe('wrong types of built-in kinds are refused in the words of Go', () => {
  const container = (spec: any) => spec.template.spec.containers[0];
  it.each<[string, (spec: any) => void]>([
    [
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
      spec => {
        spec.replicas = '3';
      },
    ],
    [
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
      spec => {
        spec.replicas = 1.5;
      },
    ],
    [
      'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
      spec => {
        container(spec).env = [{ name: 'A', value: 1 }];
      },
    ],
    [
      'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
      spec => {
        spec.template.spec.containers = {};
      },
    ],
    [
      'json: cannot unmarshal string into Go struct field PodTemplateSpec.spec.template.spec of type v1.PodSpec',
      spec => {
        spec.template.spec = 'x';
      },
    ],
    [
      'json: cannot unmarshal bool into Go struct field Container.spec.template.spec.containers.imagePullPolicy of type v1.PullPolicy',
      spec => {
        container(spec).imagePullPolicy = true;
      },
    ],
    [
      'json: cannot unmarshal number into Go struct field ObjectMeta.spec.template.metadata.labels of type string',
      spec => {
        spec.template.metadata.labels = { app: 'odd', n: 1 };
      },
    ],
    [
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      spec => {
        container(spec).resources = { limits: { cpu: 'much' } };
      },
    ],
  ])('%s', async (words, change) => {
    expect(await post(DEPLOYMENTS, changed(change))).toMatchObject({
      code: 400,
      reason: 'BadRequest',
      message: `Deployment in version "v1" cannot be handled as a Deployment: ${words}`,
    });
  });

  it('and what is no base64 too', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { a: 'abc-' },
    };
    expect(
      await post('/api/v1/namespaces/default/secrets', secret),
    ).toMatchObject({
      code: 400,
      message:
        'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 3',
    });
  });

  it('while numbers are quantities, and empty optional values vanish', async () => {
    const made = await post(
      DEPLOYMENTS,
      changed(spec => {
        container(spec).resources = { requests: { cpu: 1, memory: '16Mi' } };
        container(spec).args = [];
        spec.paused = false;
        spec.revisionHistoryLimit = 0;
      }),
      '?dryRun=All',
    );
    expect(container(made.spec).resources).toEqual({
      requests: { cpu: '1', memory: '16Mi' },
    });
    expect(container(made.spec)).not.toHaveProperty('args');
    expect(made.spec).not.toHaveProperty('paused');
    expect(made.spec.revisionHistoryLimit).toBe(0);
  });
});

describe('what cannot be meant is refused field by field', () => {
  const container = (spec: any) => spec.template.spec.containers[0];
  const at = 'spec.template.spec.containers[0]';
  it.each<[string, (spec: any) => void]>([
    [
      `${at}.imagePullPolicy: Unsupported value: "Now": supported values: "Always", "IfNotPresent", "Never"`,
      spec => {
        container(spec).imagePullPolicy = 'Now';
      },
    ],
    [
      `${at}.ports[0].containerPort: Invalid value: 0: must be between 1 and 65535, inclusive`,
      spec => {
        container(spec).ports[0].containerPort = 0;
      },
    ],
    [
      `${at}.volumeMounts[0].name: Not found: "v"`,
      spec => {
        container(spec).volumeMounts = [{ name: 'v', mountPath: '/v' }];
      },
    ],
    [
      'spec.template.spec.containers[1].name: Duplicate value: "app"',
      spec => {
        spec.template.spec.containers.push(container(spec));
      },
    ],
    [
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
      spec => {
        spec.template.spec.restartPolicy = 'Never';
      },
    ],
  ])('%s', async (words, change) => {
    expect(await post(DEPLOYMENTS, changed(change))).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: `Deployment.apps "odd" is invalid: ${words}`,
    });
  });

  it('also in services', async () => {
    const odd = service('odd');
    odd.spec = { ...odd.spec, type: 'Public' } as any;
    expect(
      (await post('/api/v1/namespaces/default/services', odd)).message,
    ).toBe(
      'Service "odd" is invalid: spec.type: Unsupported value: "Public": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    );
    odd.spec = { ports: [{ port: 1 }, { port: 70000 }] } as any;
    expect(
      (await post('/api/v1/namespaces/default/services', odd)).message,
    ).toBe(
      'Service "odd" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value, spec.ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive]',
    );
  });
});

describe('custom resources are refused in the words of their schema', () => {
  it.each<[object, string]>([
    [
      { host: 1 },
      'spec.host: Invalid value: "integer": spec.host in body must be of type string: "integer"',
    ],
    [{}, 'spec.host: Required value'],
    [
      { host: 'h', trafficPolicy: { tls: { mode: 'MAYBE' } } },
      'spec.trafficPolicy.tls.mode: Unsupported value: "MAYBE": supported values: "DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"',
    ],
    [
      { host: 'h', subsets: [{ labels: {} }] },
      'spec.subsets[0].name: Required value',
    ],
  ])('%j', async (spec, words) => {
    const { body } = await mesh(RULES, {
      method: 'POST',
      body: destinationRule('odd', spec),
    });
    expect(body).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: `DestinationRule.networking.istio.io "odd" is invalid: ${words}`,
    });
  });

  it('and may be replaced only by who names a version', async () => {
    await mesh(RULES, { method: 'POST', body: destinationRule('blind') });
    const { body } = await mesh(`${RULES}/blind`, {
      method: 'PUT',
      body: destinationRule('blind', { host: 'other' }),
    });
    expect(body.message).toBe(
      'DestinationRule.networking.istio.io "blind" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
    );
  });
});

describe('options', () => {
  it.each([
    [
      'POST',
      MAPS,
      'dryRun=Some',
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: "Some": supported values: "All"',
    ],
    [
      'POST',
      MAPS,
      'fieldValidation=Loose',
      'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Loose": supported values: "Ignore", "Strict", "Warn"',
    ],
    [
      'DELETE',
      `${MAPS}/opt`,
      'propagationPolicy=Later',
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Later": supported values: "Foreground", "Background", "Orphan", "nil"',
    ],
  ])('%s %s?%s', async (method, path, query, message) => {
    await map('opt');
    const { body } = await api(`${path}?${query}`, {
      method,
      body: method === 'POST' ? configMap('never') : undefined,
    });
    expect(body).toMatchObject({ code: 422, reason: 'Invalid', message });
  });

  it('of answers: YAML where it is asked for, 406 before anything is done', async () => {
    const yaml = await api(`${MAPS}/opt`, { accept: 'application/yaml' });
    expect(yaml.headers['content-type']).toBe('application/yaml');
    expect(yaml.text).toMatch(/^kind: ConfigMap$/m);
    const refused = await api(MAPS, {
      method: 'POST',
      body: configMap('unread'),
      accept: 'text/html',
    });
    expect(refused.body).toMatchObject({ code: 406, reason: 'NotAcceptable' });
    expect((await api(`${MAPS}/unread`)).status).toBe(404);
  });
});

describe('finalizers', () => {
  it('must be qualified names, and none is added to what is going', async () => {
    const held = (finalizers: string[]) => ({
      ...configMap('held'),
      metadata: { name: 'held', finalizers },
    });
    expect((await post(MAPS, held(['mine']))).message).toContain(
      'metadata.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    );
    await post(MAPS, held(['example.com/a']));
    const going = await api(`${MAPS}/held`, { method: 'DELETE' });
    expect(going.body.metadata.deletionTimestamp).toBeDefined();
    const patch = (finalizers: string[]) =>
      api(`${MAPS}/held`, {
        method: 'PATCH',
        type: MERGE,
        body: { metadata: { finalizers } },
      });
    expect(
      (await patch(['example.com/a', 'example.com/b'])).body.message,
    ).toContain(
      'Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/b"}',
    );
    expect((await patch([])).status).toBe(200);
    expect((await api(`${MAPS}/held`)).status).toBe(404);
  });
});
