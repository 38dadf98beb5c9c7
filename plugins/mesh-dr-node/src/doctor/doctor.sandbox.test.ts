import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import { recordingLogger } from '../__testUtils__/logger';
import { createTransport } from '../alicloud/transport';
import type { Alicloud } from '../alicloud/types';
import { provisionEnvironment } from '../provision/provision';
import {
  guideSpec,
  QUICK_PACE,
  startTestCloud,
} from '../provision/__testUtils__/sandbox';
import { examineAccount, formatReport, type DoctorReport } from './doctor';
import { RecordingTransport } from './recorder';
import {
  startDeviatingCloud,
  type DeviatingCloud,
} from './__testUtils__/deviatingCloud';

jest.setTimeout(120_000);

describe('the cloud doctor', () => {
  let sandbox: Sandbox;
  let cloud: Alicloud;
  let other: DeviatingCloud;

  const account = (endpoint: string) => ({
    name: 'test',
    credentials: {
      accessKeyId: sandbox.accessKeyId,
      accessKeySecret: sandbox.accessKeySecret,
    },
    regions: ['cn-hangzhou', 'cn-shanghai'],
    endpoints: Object.fromEntries(
      (['vpc', 'cbn', 'ecs', 'cs', 'servicemesh', 'sts'] as const).map(
        product => [product, endpoint],
      ),
    ),
  });
  const examine = (endpoint = other.endpoint) =>
    examineAccount(account(endpoint), { logger: recordingLogger() });
  const failedIn = (report: DoctorReport) =>
    report.assumptions
      .filter(({ result }) => result === 'failed')
      .map(({ id }) => id);

  beforeAll(async () => {
    ({ sandbox, cloud } = await startTestCloud({ timeScale: 600 }));
    const report = await provisionEnvironment(cloud, guideSpec(), {
      pace: QUICK_PACE,
    });
    const { mesh, clusters } = report.outputs;
    await cloud.asm.addCluster({
      serviceMeshId: mesh!.id,
      clusterId: clusters[0].id,
    });
    await cloud.asm.updateLocality({
      serviceMeshId: mesh!.id,
      setting: {
        enabled: true,
        failover: [{ from: 'cn-hangzhou', to: 'cn-shanghai' }],
      },
    });
    other = await startDeviatingCloud(sandbox.endpoint);
  });
  afterAll(async () => {
    await other?.stop();
    await sandbox?.stop();
  });
  afterEach(() => {
    for (const name of Object.keys(other.deviations)) {
      delete other.deviations[name];
    }
    other.denied.clear();
  });

  it('looks at everything, changes nothing, and finds the local cloud as assumed', async () => {
    const inventory = async () =>
      (await fetch(`${sandbox.control}/inventory`)).json();
    const before = await inventory();
    const report = await examine(sandbox.endpoint);
    expect(report.unreadable).toEqual([]);
    expect(report.missingPermissions).toEqual([]);
    expect(failedIn(report)).toEqual([]);
    expect(report.healthy).toBe(true);
    const held = report.assumptions.filter(({ result }) => result === 'held');
    expect(held.length).toBeGreaterThan(18);
    expect(report.operations.length).toBeGreaterThan(22);
    expect(await inventory()).toEqual(before);
    const text = formatReport(report);
    expect(text).not.toContain(sandbox.accessKeySecret);
    expect(text).toContain('0 permissions missing, 0 answers unreadable');
  });

  it('refuses to carry anything that could change something', async () => {
    const transport = new RecordingTransport(
      createTransport({
        credentials: async () => account('').credentials,
        logger: recordingLogger(),
      }),
    );
    await expect(
      transport.rpc({ product: 'vpc', operation: 'DeleteVpc' }),
    ).rejects.toThrow('the doctor only looks');
    transport.close();
  });

  it('copes with other shapes of lists and of the mesh-wide rule', async () => {
    Object.assign(other.deviations, {
      DescribeVpcs: (answer: any) =>
        answer.Vpcs?.Vpc ? { ...answer, Vpcs: answer.Vpcs.Vpc } : answer,
      DescribeServiceMeshDetail: (answer: any) => {
        const locality = answer.ServiceMesh.Spec.MeshConfig.LocalityLB;
        locality.Failover = [{ from: 'cn-hangzhou', to: 'cn-shanghai' }];
        locality.Distribute = '{"distribute":[]}';
        return answer;
      },
    });
    const report = await examine();
    expect(report.unreadable).toEqual([]);
    expect(failedIn(report)).toEqual([]);
    const shape = report.assumptions.find(({ id }) => id === 'locality-shape');
    expect(shape).toMatchObject({
      result: 'held',
      evidence: 'Failover: array; Distribute: JSON text',
    });
  });

  it('says precisely what it did not expect', async () => {
    Object.assign(other.deviations, {
      ListTransitRouterVpcAttachments: (answer: any) => ({
        ...answer,
        TransitRouterAttachments: answer.TransitRouterAttachments.map(
          ({ Tags: _, ...rest }: any) => ({ ...rest, Status: 'Joined' }),
        ),
      }),
      DescribeServiceMeshDetail: (answer: any) => {
        const locality = answer.ServiceMesh.Spec.MeshConfig.LocalityLB;
        locality.Failover = { rules: { 'cn-hangzhou': 'cn-shanghai' } };
        return answer;
      },
      '/api/v1/clusters': ({ clusters }: any) => ({ clusters }),
    });
    const report = await examine();
    expect(report.healthy).toBe(false);
    expect(failedIn(report).sort()).toEqual([
      'attachment-states',
      'attachment-tags',
      'cluster-total',
      'locality-shape',
    ]);
    const text = formatReport(report);
    expect(text).toContain('unknown: Joined');
    expect(text).toMatch(/Tags is missing in an answer that has/);
    expect(text).toContain('Failover is an object with the keys rules');
    expect(text).toMatch(/page_info\.total_count is missing/);
  });

  it('names the permissions that are missing, and goes on', async () => {
    other.denied.add('DescribeCens');
    other.denied.add('DescribeServiceMeshes');
    const report = await examine();
    expect(report.missingPermissions).toEqual([
      'cen:DescribeCens',
      'servicemesh:DescribeServiceMeshes',
    ]);
    expect(report.healthy).toBe(false);
    expect(
      report.operations.find(
        ({ operation }) => operation === 'cs.DescribeClusterDetail',
      ),
    ).toMatchObject({ result: 'answered' });
    expect(formatReport(report)).toContain('  cen:DescribeCens');
  });

  it('stops at a key that is refused, without repeating it', async () => {
    const wrong = account(sandbox.endpoint);
    wrong.credentials.accessKeySecret = 'not-the-secret-at-all';
    await expect(
      examineAccount(wrong, { logger: recordingLogger() }),
    ).rejects.toThrow(
      expect.objectContaining({
        code: 'SignatureDoesNotMatch',
        message: expect.not.stringContaining('not-the-secret-at-all'),
      }),
    );
  });
});
