import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { environmentResources, selectKinds } from './environment';
import { buildGraph } from './graph';
import { sourcesOf } from './resources/securityGroup';
import { compareMeshVersions } from './resources/mesh';
import { liesWithin } from './resources/podRoutes';
import { parseEnvironmentSpec } from './spec';
import { clientToken } from './tags';
import { GUIDE_SPEC, guideSpec } from './__testUtils__/sandbox';

describe('parseEnvironmentSpec', () => {
  it('fills in defaults and warns about public ranges', () => {
    const { spec, warnings } = parseEnvironmentSpec(GUIDE_SPEC);
    expect(spec.version).toBe(1);
    expect(spec.cen.bandwidthType).toBe('DataTransfer');
    expect(spec.clusters.clusterSpec).toBe('ack.pro.small');
    expect(warnings.join('\n')).toContain('20.0.0.0/8');
  });

  it('takes what a form sends for empty fields as left out', () => {
    const { spec } = parseEnvironmentSpec({
      ...GUIDE_SPEC,
      account: '',
      cen: { bandwidthMbps: 0 },
      mesh: { istioVersion: '' },
    });
    expect(spec.account).toBeUndefined();
    expect(spec.cen.bandwidthMbps).toBeUndefined();
    expect(spec.mesh.istioVersion).toBeUndefined();
  });

  it('names every malformed field', () => {
    expect(() =>
      parseEnvironmentSpec({
        ...GUIDE_SPEC,
        name: 'Not A Name',
        cen: { bandwidthMbps: -1 },
        apiServerAccess: undefined,
      }),
    ).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringMatching(
          /name: .*lower-case[^]*cen\.bandwidthMbps[^]*apiServerAccess/,
        ),
      }),
    );
  });

  it('names both sides of an overlap and the remedy', () => {
    const network = structuredClone(GUIDE_PLAN);
    network.clusters[1].podCidr = '10.0.128.0/17';
    expect(() => parseEnvironmentSpec({ ...GUIDE_SPEC, network })).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringMatching(
          /10\.0\.128\.0\/17[^]*10\.0\.0\.0\/16|10\.0\.0\.0\/16[^]*10\.0\.128\.0\/17/,
        ),
      }),
    );
  });

  it('asks for a package when bandwidth shall come from one', () => {
    expect(() =>
      parseEnvironmentSpec({
        ...GUIDE_SPEC,
        cen: { bandwidthMbps: 10, bandwidthType: 'BandwidthPackage' },
      }),
    ).toThrow(/cen\.bandwidthPackageId/);
  });
});

describe('the graph of the guide', () => {
  const resources = environmentResources(guideSpec());
  const graph = buildGraph(resources);

  it('attaches all three VPCs and links the two regions once', () => {
    const count = (kind: string) =>
      resources.filter(resource => resource.kind === kind).length;
    expect(count('vpc-attachment')).toBe(3);
    expect(count('peer-attachment')).toBe(1);
    expect(count('route-link')).toBe(5);
    expect(count('cluster')).toBe(2);
    expect(count('mesh')).toBe(1);
  });

  it('lets clusters, mesh and CEN come up side by side', () => {
    for (const key of [
      'cluster/ack-hangzhou',
      'cluster/ack-shanghai',
      'mesh',
    ]) {
      const behind = graph.dependenciesOf(key);
      expect(behind.some(other => /^(cen|cluster|mesh)/.test(other))).toBe(
        false,
      );
    }
  });

  it('reduces a slice to its kinds and their prerequisites', () => {
    const slice = selectKinds(resources, ['cluster']);
    expect(slice.resources.map(({ kind }) => kind)).not.toContain('mesh');
    expect([...slice.prerequisites].sort()).toEqual([
      'vpc/vpc-hangzhou',
      'vpc/vpc-shanghai',
      'vswitch/vpc-hangzhou/vpc-hangzhou-switch-1',
      'vswitch/vpc-shanghai/vpc-shanghai-switch-1',
    ]);
  });
});

describe('sourcesOf', () => {
  const [hangzhou] = GUIDE_PLAN.clusters;

  it("admits the other cluster's Pods under Flannel, and the mesh", () => {
    expect(sourcesOf(GUIDE_PLAN, hangzhou)).toEqual([
      '10.1.0.0/16',
      '192.168.0.0/16',
    ]);
  });

  it("admits the other cluster's vSwitches under Terway", () => {
    const plan = structuredClone(GUIDE_PLAN);
    plan.clusters[1].networkPlugin = 'terway';
    plan.clusters[1].podCidr = undefined;
    expect(sourcesOf(plan, plan.clusters[0])).toEqual([
      '21.0.0.0/16',
      '192.168.0.0/16',
    ]);
  });
});

describe('clientToken', () => {
  const token = (uid: string, generation = 0, cidr = '10.0.0.0/16') =>
    clientToken(uid, 'vpc/a', { cidr, name: 'a' }, generation);

  it('is the same for the same wish, in at most 64 ASCII characters', () => {
    expect(token('u')).toMatch(/^[0-9a-f]{64}$/);
    expect(token('u')).toBe(
      clientToken('u', 'vpc/a', { name: 'a', cidr: '10.0.0.0/16' }, 0),
    );
  });

  it('differs by incarnation, generation and wish', () => {
    expect(
      new Set([
        token('u'),
        token('v'),
        token('u', 1),
        token('u', 0, '10.1.0.0/16'),
      ]).size,
    ).toBe(4);
  });
});

it('orders ASM versions by their numbers', () => {
  expect(
    ['v1.22.6.66-g1-aliyun', 'v1.9.7.107', 'v1.22.6.100-g2-aliyun'].sort(
      compareMeshVersions,
    ),
  ).toEqual(['v1.9.7.107', 'v1.22.6.66-g1-aliyun', 'v1.22.6.100-g2-aliyun']);
});

it('knows which route lies in a Pod CIDR', () => {
  expect(liesWithin('10.0.0.64/26', '10.0.0.0/16')).toBe(true);
  expect(liesWithin('10.1.0.64/26', '10.0.0.0/16')).toBe(false);
  expect(liesWithin('10.0.0.0/8', '10.0.0.0/16')).toBe(false);
});
