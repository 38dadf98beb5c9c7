import fc from 'fast-check';
import { planBlocks } from './blocks';
import { checkNetworkPlan } from './check';
import { cidrSize, cidrsOverlap, formatCidr, parseCidr } from './cidr';
import { GUIDE_PLAN } from './guide';
import { REGIONS, regionName, regionOfZone, similarRegion } from './regions';
import type { NetworkPlan } from './types';

/** The guide's plan with a change. */
function plan(change: (draft: NetworkPlan) => void): NetworkPlan {
  const draft: NetworkPlan = structuredClone(GUIDE_PLAN);
  change(draft);
  return draft;
}

const errors = (value: NetworkPlan) =>
  checkNetworkPlan(value).filter(({ severity }) => severity === 'error');

describe("the guide's plan", () => {
  it('holds exactly the numbers of the guide', () => {
    expect(planBlocks(GUIDE_PLAN).map(({ value }) => value)).toEqual([
      '20.0.0.0/8',
      '20.0.0.0/16',
      '21.0.0.0/8',
      '21.0.0.0/16',
      '192.168.0.0/16',
      '192.168.0.0/24',
      '10.0.0.0/16',
      '172.16.0.0/16',
      '10.1.0.0/16',
      '172.17.0.0/16',
    ]);
  });

  it('passes with a warning for each public VPC', () => {
    const findings = checkNetworkPlan(GUIDE_PLAN);
    expect(findings.map(({ id, path }) => [id, path])).toEqual([
      ['public-range', 'vpcs[0].cidr'],
      ['public-range', 'vpcs[1].cidr'],
    ]);
    expect(errors(GUIDE_PLAN)).toEqual([]);
  });
});

describe('checkNetworkPlan', () => {
  it.each<[string, (draft: NetworkPlan) => void, string, string]>([
    [
      'malformed-cidr',
      d => (d.vpcs[0].cidr = '20.0.0.0'),
      'vpcs[0].cidr',
      'no IPv4 block',
    ],
    [
      'malformed-cidr',
      d => delete d.clusters[0].podCidr,
      'clusters[0].podCidr',
      'is missing',
    ],
    [
      'malformed-cidr',
      d => (d.clusters[1].serviceCidr = '172.17.1.0/16'),
      'clusters[1].serviceCidr',
      '172.17.0.0/16',
    ],
    [
      'mask-range',
      d => (d.vpcs[2].vswitches[0].cidr = '192.168.0.0/30'),
      'vpcs[2].vswitches[0].cidr',
      '/16 to /29',
    ],
    [
      'mask-range',
      d => (d.vpcs[0].cidr = '20.0.0.0/7'),
      'vpcs[0].cidr',
      '/8 to /28',
    ],
    [
      'mask-range',
      d => (d.clusters[0].serviceCidr = '172.16.0.0/25'),
      'clusters[0].serviceCidr',
      '/16 to /24',
    ],
    [
      'reserved-range',
      d => (d.clusters[0].podCidr = '100.64.0.0/16'),
      'clusters[0].podCidr',
      '100.64.0.0/10',
    ],
    [
      'reserved-range',
      d => (d.vpcs[0].cidr = '0.0.0.0/8'),
      'vpcs[0].cidr',
      'reserved',
    ],
    [
      'vswitch-outside-vpc',
      d => (d.vpcs[0].vswitches[0].cidr = '22.0.0.0/16'),
      'vpcs[0].vswitches[0].cidr',
      'VPC vpc-hangzhou (20.0.0.0/8)',
    ],
    [
      'overlap',
      d => (d.vpcs[1].cidr = '20.0.0.0/16'),
      'vpcs[1].cidr',
      'VPC vpc-shanghai (20.0.0.0/16) overlaps VPC vpc-hangzhou (20.0.0.0/8)',
    ],
    [
      'overlap',
      d => (d.clusters[1].podCidr = '10.0.128.0/17'),
      'clusters[1].podCidr',
      'overlaps Pod CIDR of cluster ack-hangzhou (10.0.0.0/16): Pods of both clusters',
    ],
    [
      'overlap',
      d => (d.clusters[1].serviceCidr = '172.16.0.0/20'),
      'clusters[1].serviceCidr',
      'ASM refuses to join two clusters whose Service CIDRs clash',
    ],
    [
      'overlap',
      d => (d.clusters[1].serviceCidr = '192.168.0.0/20'),
      'clusters[1].serviceCidr',
      'overlaps VPC vpc-hangzhou2',
    ],
    [
      'overlap',
      d =>
        d.vpcs[0].vswitches.push({
          name: 'second',
          cidr: '20.0.128.0/17',
        }),
      'vpcs[0].vswitches[1].cidr',
      'vSwitches of one VPC must be disjoint',
    ],
    [
      'not-private',
      d => (d.clusters[0].podCidr = '30.0.0.0/16'),
      'clusters[0].podCidr',
      'not private',
    ],
    [
      'pod-capacity',
      d => {
        d.clusters[0].podCidr = '10.0.0.0/24';
        d.clusters[0].nodes = 5;
      },
      'clusters[0].podCidr',
      'holds 4 nodes of /26 each, but 5 are wanted',
    ],
    [
      'node-mask',
      d => (d.clusters[0].nodeCidrMask = 29),
      'clusters[0].nodeCidrMask',
      '/24 to /28',
    ],
    [
      'node-count',
      d => (d.clusters[0].nodes = 0),
      'clusters[0].nodes',
      'asks for 0 worker nodes',
    ],
    [
      'unknown-region',
      d => (d.clusters[0].region = 'cn-hangzou'),
      'clusters[0].region',
      'Did you mean cn-hangzhou?',
    ],
    [
      'zone-outside-region',
      d => (d.vpcs[0].vswitches[0].zone = 'cn-shanghai-b'),
      'vpcs[0].vswitches[0].zone',
      'does not belong to cn-hangzhou',
    ],
    [
      'duplicate-name',
      d => (d.vpcs[2].name = 'vpc-hangzhou'),
      'vpcs[2].name',
      'named "vpc-hangzhou"',
    ],
    ['bad-name', d => (d.clusters[0].name = '1st'), 'clusters[0].name', '1st'],
    [
      'unknown-vpc',
      d => (d.clusters[0].vpc = 'vpc-nowhere'),
      'clusters[0].vpc',
      'refers to VPC "vpc-nowhere"',
    ],
    [
      'unknown-vpc',
      d => (d.mesh.vpc = 'vpc-nowhere'),
      'mesh.vpc',
      'Mesh mesh refers',
    ],
    [
      'vpc-in-other-region',
      d => (d.clusters[0].vpc = 'vpc-shanghai'),
      'clusters[0].vpc',
      'is in cn-hangzhou, but its VPC vpc-shanghai is in cn-shanghai',
    ],
    [
      'no-vswitch',
      d => (d.vpcs[0].vswitches = []),
      'vpcs[0].vswitches',
      'has no vSwitch',
    ],
    [
      'single-region',
      d => d.clusters.splice(1),
      'clusters',
      'at least two regions',
    ],
  ])('%s', (id, change, path, text) => {
    const found = errors(plan(change)).filter(
      finding => finding.id === id && finding.path === path,
    );
    expect(found).toHaveLength(1);
    expect(found[0].message).toContain(text);
    expect(found[0].remedy).not.toBe('');
  });

  it.each<[string, (draft: NetworkPlan) => void]>([
    [
      'the smallest vSwitch',
      d => (d.vpcs[2].vswitches[0].cidr = '192.168.0.0/29'),
    ],
    [
      'a Pod CIDR that just holds the nodes',
      d => {
        d.clusters[0].podCidr = '10.0.0.0/24';
        d.clusters[0].nodes = 4;
      },
    ],
    [
      'a zone of the region',
      d => (d.vpcs[0].vswitches[0].zone = 'cn-hangzhou-h'),
    ],
    ['a neighbour', d => (d.clusters[1].podCidr = '10.1.0.0/17')],
    [
      'Terway without a Pod CIDR',
      d => {
        d.clusters.forEach(cluster => {
          cluster.networkPlugin = 'terway';
          delete cluster.podCidr;
        });
      },
    ],
  ])('accepts %s', (_, change) => {
    expect(errors(plan(change))).toEqual([]);
  });

  it('holds the plan against what the CEN has already', () => {
    const [finding] = checkNetworkPlan(GUIDE_PLAN, [
      { label: 'VPC legacy', cidr: '10.1.0.0/20' },
    ]).filter(({ severity }) => severity === 'error');
    expect(finding.path).toBe('clusters[1].podCidr');
    expect(finding.message).toContain('VPC legacy (10.1.0.0/20)');
  });

  it('finds exactly the overlaps that a list of all pairs shows', () => {
    const block = fc
      .tuple(fc.integer({ min: 16, max: 20 }), fc.nat(63))
      .map(([prefix, i]) => {
        const first = parseCidr('10.0.0.0/14').first + i * cidrSize(20);
        const size = cidrSize(prefix);
        return formatCidr({ first: first - (first % size), prefix });
      });
    fc.assert(
      fc.property(
        fc.array(block, { minLength: 7, maxLength: 7 }),
        ([v0, v1, v2, p0, s0, p1, s1]) => {
          const draft = plan(d => {
            [v0, v1, v2].forEach((cidr, i) => {
              d.vpcs[i].cidr = cidr;
              d.vpcs[i].vswitches[0].cidr = cidr;
            });
            Object.assign(d.clusters[0], { podCidr: p0, serviceCidr: s0 });
            Object.assign(d.clusters[1], { podCidr: p1, serviceCidr: s1 });
          });
          const all = [v0, v1, v2, p0, s0, p1, s1];
          let pairs = 0;
          all.forEach((a, i) =>
            all.slice(i + 1).forEach(b => {
              pairs += cidrsOverlap(parseCidr(a), parseCidr(b)) ? 1 : 0;
            }),
          );
          const found = checkNetworkPlan(draft).filter(
            ({ id }) => id === 'overlap',
          );
          expect(found).toHaveLength(pairs);
        },
      ),
    );
  });

  it('never throws, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer(), (cidr, name, n) => {
        const draft = plan(d => {
          d.vpcs[0].cidr = cidr;
          d.vpcs[0].name = name;
          d.vpcs[0].vswitches[0].zone = name;
          d.clusters[0].podCidr = cidr;
          d.clusters[0].nodeCidrMask = n;
          d.clusters[0].nodes = n;
          d.mesh.region = name;
        });
        expect(Array.isArray(checkNetworkPlan(draft))).toBe(true);
      }),
    );
  });
});

describe('regions', () => {
  it('knows every zone to be of its region', () => {
    expect(REGIONS).toHaveLength(26);
    for (const { id, zones } of REGIONS) {
      expect(zones.length).toBeGreaterThan(0);
      zones.forEach(zone => expect(regionOfZone(zone)).toBe(id));
    }
  });

  it('names regions and guesses mistyped ones', () => {
    expect(regionName('cn-hangzhou', 'zh')).toBe('华东1（杭州）');
    expect(regionName('mars-1')).toBe('mars-1');
    expect(similarRegion('cn-shangai')).toBe('cn-shanghai');
    expect(similarRegion('eu-north-9')).toBeUndefined();
  });
});
