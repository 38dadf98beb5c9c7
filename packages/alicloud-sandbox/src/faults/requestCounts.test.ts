import { control } from '../__testUtils__/account';
import { makeSteppedCluster, startStepped } from '../__testUtils__/stepped';
import { apiOf, configMap } from '../kube/__testUtils__/api';
import type { Sandbox } from '../sandbox';

jest.setTimeout(60_000);

const MAPS = '/api/v1/namespaces/default/configmaps';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startStepped();
});
afterAll(() => sandbox.stop());

it('counts what an API server was asked, disturbed or not, by verb and resource', async () => {
  const { kube } = await makeSteppedCluster(sandbox);
  const call = apiOf(kube);
  const read = () => control(sandbox, '/calls/kubernetes', 'GET') as any;
  const before = await read();
  await call(MAPS, { method: 'POST', body: configMap('counted') });
  await call(MAPS);
  await call(`${MAPS}/counted`);
  await call('/version');
  await control(sandbox, '/faults/rules', 'POST', {
    api: 'kubernetes',
    kind: 'error',
    resource: 'configmaps',
    verb: 'list',
    times: 1,
  });
  expect((await call(MAPS)).status).toBe(500);
  const after = await read();
  expect(after.total - before.total).toBe(5);
  expect(after.clusters[kube.spec.id]).toMatchObject({
    'create configmaps': 1,
    'get configmaps': 1,
    'list configmaps': 2,
  });
});
