import fc from 'fast-check';
import { account } from '../../__testUtils__/account';
import {
  clusterBody,
  makeCluster,
  makeMesh,
  makeSite,
} from '../../__testUtils__/guide';
import { wireCall } from '../../__testUtils__/wire';
import { Sandbox, startSandbox } from '../../sandbox';
import { Shape, ackContracts, asmContracts } from '../contracts';

jest.setTimeout(60_000);

const RUNS = 40;

/** Texts that have surprised servers before. */
const ODD_TEXTS = [
  '',
  ' ',
  '-1',
  '0',
  'true',
  'null',
  '[]',
  '[null]',
  '{}',
  '{"failover":[null]}',
  '{"distribute":[{"from":"cn-hangzhou","to":null}]}',
  '__proto__',
  'constructor',
  '10.0.0.0/33',
  '999.0.0.0/8',
  '中文',
  'x'.repeat(300),
];
const oddText = fc.constantFrom(...ODD_TEXTS);

/** A value of the shape, of another type, or nothing. */
function oddValue(shape: Shape): fc.Arbitrary<unknown> {
  const nothing = fc.constantFrom(null, undefined);
  if (Array.isArray(shape)) {
    const items = fc.array(oddValue(shape[0]), { maxLength: 3 });
    return fc.oneof({ weight: 4, arbitrary: items }, nothing);
  }
  if (typeof shape === 'object') {
    const members = Object.fromEntries(
      Object.entries(shape).map(([key, part]) => [key, oddValue(part)]),
    );
    const object = fc.record(members, { requiredKeys: [] });
    return fc.oneof({ weight: 4, arbitrary: object }, nothing);
  }
  const scalar = {
    string: oddText,
    boolean: fc.boolean(),
    any: fc.jsonValue({ maxDepth: 1 }),
    integer: fc.integer({ min: -3, max: 200 }),
    long: fc.integer(),
    number: fc.integer(),
  }[shape] as fc.Arbitrary<unknown>;
  return fc.oneof({ weight: 6, arbitrary: scalar }, nothing);
}

describe('no call is more than the server can bear', () => {
  let sandbox: Sandbox;
  let clusterId: string;
  let known: Record<string, string>;
  let body: object;

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 5000, gatewayPort: 0 });
    const cloud = account(sandbox);
    const site = await makeSite(
      cloud,
      'cn-hangzhou',
      '192.168.0.0/16',
      '192.168.0.0/24',
      'cn-hangzhou-h',
    );
    clusterId = await makeCluster(
      cloud,
      clusterBody('one', site, '10.0.0.0/16', '172.16.0.0/16'),
    );
    body = clusterBody('two', site, '10.1.0.0/16', '172.17.0.0/16');
    known = {
      ServiceMeshId: await makeMesh(cloud, site),
      ClusterId: clusterId,
      K8sClusterId: clusterId,
      RegionId: site.regionId,
      VpcId: site.vpcId,
      VSwitches: JSON.stringify([site.vSwitchId]),
      ResourceType: 'servicemesh',
      NetworkType: 'intranet',
      Operation: 'BindEip',
    };
  });
  afterAll(() => sandbox.stop());

  /** Deleting would leave nothing to be called. */
  const isGentle = (name: string) => !/^(Delete|Remove|Unt)/.test(name);

  it.each(Object.keys(asmContracts).filter(isGentle))(
    'whatever its parameters: %s',
    async name => {
      const parameters = Object.fromEntries(
        Object.keys(asmContracts[name].parameters).map(key => [key, oddText]),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.record(parameters, { requiredKeys: [] }),
          async given => {
            const own = Object.fromEntries(
              Object.keys(asmContracts[name].parameters)
                .filter(key => key in known)
                .map(key => [key, known[key]]),
            );
            const { status, text } = await wireCall(sandbox, sandbox, {
              Action: name,
              Version: '2020-01-11',
              ...given,
              ...own,
            });
            expect([status, text]).not.toEqual([500, text]);
          },
        ),
        { numRuns: RUNS },
      );
    },
  );

  const writing = Object.entries(ackContracts).filter(
    ([name, { method }]) =>
      isGentle(name) && (method === 'POST' || method === 'PUT'),
  );

  it.each(writing)('whatever its body: %s', async (name, contract) => {
    const { ack } = account(sandbox);
    const path = contract
      .path!.replace(':ClusterId', clusterId)
      .replace(':NodepoolId', await aPool());
    // A few odd members in a body that is otherwise fine get furthest.
    const all = Object.entries(contract.parameters);
    const members = fc
      .subarray(all, { minLength: 1, maxLength: Math.min(3, all.length) })
      .chain(some =>
        fc.record(
          Object.fromEntries(
            some.map(([key, shape]) => [key, oddValue(shape as Shape)]),
          ),
        ),
      );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(members, async given => {
        run++;
        const base =
          name === 'CreateCluster'
            ? {
                ...body,
                name: `two-${run}`,
                container_cidr: `10.${run}.0.0/16`,
                nodepools: [],
              }
            : {};
        const send = contract.method === 'PUT' ? ack.put : ack.post;
        const status = await send(path, { ...base, ...given }).then(
          () => 200,
          error => error.statusCode,
        );
        expect(status).not.toBe(500);
      }),
      { numRuns: RUNS },
    );
  });

  it.each(
    Object.entries(ackContracts).filter(
      ([name, { method }]) =>
        (method === 'GET' || method === 'DELETE') && name !== 'DeleteCluster',
    ),
  )('whatever its query: %s', async (_, contract) => {
    const { ack } = account(sandbox);
    const path = contract
      .path!.replace(/:Cluster[Ii]d|:cluster_?id/, clusterId)
      .replace(':NodepoolId', 'np0')
      .replace(':task_id', 'T-0');
    const query = fc.record(
      Object.fromEntries(
        Object.keys(contract.parameters).map(key => [key, oddText]),
      ),
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(query, async given => {
        const send = contract.method === 'GET' ? ack.get : ack.delete;
        const status = await send(path, given).then(
          () => 200,
          error => error.statusCode,
        );
        expect(status).not.toBe(500);
      }),
      { numRuns: RUNS },
    );
  });

  it('shows everything afterwards, with what was accepted', async () => {
    const { ack, asm } = account(sandbox);
    const { clusters } = await ack.get('/api/v1/clusters', { page_size: 100 });
    expect(clusters.length).toBeGreaterThan(1);
    const { ServiceMeshes } = await asm('DescribeServiceMeshes');
    for (const { ServiceMeshInfo } of ServiceMeshes) {
      const { ServiceMesh } = await asm('DescribeServiceMeshDetail', {
        ServiceMeshId: ServiceMeshInfo.ServiceMeshId,
      });
      expect(ServiceMesh.ServiceMeshInfo.Name).toBe(ServiceMeshInfo.Name);
    }
  });

  async function aPool(): Promise<string> {
    const { nodepools } = await account(sandbox).ack.get(
      `/clusters/${clusterId}/nodepools`,
    );
    return nodepools[0].nodepool_info.nodepool_id;
  }
});
