import fc from 'fast-check';
import { CloudData, emptyCloud } from '../openapi/data';
import type { SecurityGroup, SecurityGroupRule } from '../openapi/model';
import {
  blocksOverlap,
  cidrOf,
  containsCidr,
  formatIp,
  parseCidr,
  parseIp,
  reservedBlock,
} from './cidr';
import { REGIONS, roundTripMs, zonesOf } from './regions';
import { bestRoute, transitRoutes } from './routes';
import { admits, lets } from './securitygroups';

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const block = fc
  .tuple(address, fc.integer({ min: 1, max: 32 }))
  .map(([ip, bits]) => {
    const step = 2 ** (32 - bits);
    return `${formatIp(Math.floor(ip / step) * step)}/${bits}`;
  });

describe('CIDR blocks', () => {
  it('read back what they write', () => {
    expect(() =>
      fc.assert(fc.property(address, ip => parseIp(formatIp(ip)) === ip)),
    ).not.toThrow();
  });

  it('overlap exactly when one contains the other', () => {
    const symmetric = fc.property(block, block, (a, b) => {
      const either =
        containsCidr(cidrOf(a), cidrOf(b)) ||
        containsCidr(cidrOf(b), cidrOf(a));
      return blocksOverlap(a, b) === either && blocksOverlap(b, a) === either;
    });
    expect(() => fc.assert(symmetric)).not.toThrow();
  });

  it.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.1/24',
    '010.0.0.0/8',
    '256.0.0.0/8',
    '10.0.0/8',
    'x/8',
    '10.0.0.0/8/8',
  ])('refuse %s', text => {
    expect(parseCidr(text)).toBeUndefined();
  });

  it('know what is reserved', () => {
    expect(reservedBlock(cidrOf('100.64.0.0/16'))).toBe('100.64.0.0/10');
    expect(reservedBlock(cidrOf('20.0.0.0/8'))).toBeUndefined();
  });
});

describe('regions', () => {
  it('spell zones as the cloud does', () => {
    expect(zonesOf(REGIONS.get('cn-hangzhou')!)).toContain('cn-hangzhou-h');
    expect(zonesOf(REGIONS.get('us-west-1')!)).toEqual([
      'us-west-1a',
      'us-west-1b',
    ]);
  });

  it('are as far apart as they are', () => {
    const near = roundTripMs('cn-hangzhou', 'cn-shanghai');
    const far = roundTripMs('cn-hangzhou', 'us-east-1');
    expect(near).toBeGreaterThan(roundTripMs('cn-hangzhou', 'cn-hangzhou'));
    expect(near).toBeLessThan(10);
    expect(far).toBeGreaterThan(120);
  });
});

describe('routes', () => {
  it('are chosen by the longest prefix', () => {
    const routes = ['0.0.0.0/0', '10.1.0.0/16', '10.1.2.0/24'].map(
      destination => ({ destination }),
    );
    expect(bestRoute(routes, '10.1.2.3')?.destination).toBe('10.1.2.0/24');
    expect(bestRoute(routes, '10.1.3.3')?.destination).toBe('10.1.0.0/16');
    expect(bestRoute(routes, '8.8.8.8')?.destination).toBe('0.0.0.0/0');
    expect(bestRoute([], '8.8.8.8')).toBeUndefined();
  });
});

describe('Pod routes of Flannel', () => {
  const created = '2026-01-01T00:00:00Z';
  const data: CloudData = {
    ...emptyCloud(),
    vSwitches: {
      'vsw-1': {
        vSwitchId: 'vsw-1',
        name: '',
        description: '',
        vpcId: 'vpc-1',
        regionId: 'cn-hangzhou',
        zoneId: 'cn-hangzhou-h',
        cidrBlock: '20.0.0.0/16',
        status: 'Available',
        creationTime: created,
        tags: {},
      },
    },
    routeEntries: {
      'rte-1': {
        routeEntryId: 'rte-1',
        routeTableId: 'vtb-vpc',
        vpcId: 'vpc-1',
        name: '',
        description: '',
        destinationCidrBlock: '10.0.0.0/26',
        nextHopType: 'Instance',
        nextHopId: 'i-1',
        status: 'Available',
        creationTime: created,
      },
    },
    vpcAttachments: {
      'tr-attach-1': {
        attachmentId: 'tr-attach-1',
        cenId: 'cen-1',
        transitRouterId: 'tr-1',
        regionId: 'cn-hangzhou',
        vpcId: 'vpc-1',
        name: '',
        description: '',
        status: 'Attached',
        autoPublishRouteEnabled: true,
        chargeType: 'POSTPAY',
        orderType: 'PayByCenOwner',
        options: {},
        zoneMappings: [],
        creationTime: created,
        tags: {},
      },
    },
    propagations: [
      { attachmentId: 'tr-attach-1', routeTableId: 'vtb-tr', status: 'Active' },
    ],
  };
  const learned = (mode: 'must-be-published' | 'automatic') =>
    transitRoutes(data, 'vtb-tr', mode).map(route => route.destination);

  it('reach the transit router when published, or by themselves if so configured', () => {
    expect(learned('must-be-published')).toEqual(['20.0.0.0/16']);
    expect(learned('automatic')).toEqual(['20.0.0.0/16', '10.0.0.0/26']);
    data.publications.push({
      cenId: 'cen-1',
      vpcId: 'vpc-1',
      routeTableId: 'vtb-vpc',
      destinationCidrBlock: '10.0.0.0/26',
    });
    expect(learned('must-be-published')).toEqual([
      '20.0.0.0/16',
      '10.0.0.0/26',
    ]);
  });
});

describe('security groups', () => {
  const rule = (change: Partial<SecurityGroupRule>): SecurityGroupRule => ({
    ruleId: 'sgr-1',
    direction: 'ingress',
    ipProtocol: 'ALL',
    portRange: '-1/-1',
    cidrIp: '10.0.0.0/8',
    groupId: '',
    policy: 'Accept',
    priority: 1,
    nicType: 'intranet',
    description: '',
    creationTime: '2026-01-01T00:00:00Z',
    ...change,
  });
  const group = (...rules: SecurityGroupRule[]): SecurityGroup => ({
    securityGroupId: 'sg-1',
    name: '',
    description: '',
    regionId: 'cn-hangzhou',
    vpcId: 'vpc-1',
    type: 'normal',
    ownerId: '',
    rules,
    creationTime: '2026-01-01T00:00:00Z',
    tags: {},
  });
  const from = { ip: '10.1.0.5' };

  it('are closed without a rule, except among their own members', () => {
    expect(admits(group(), from, 80)).toBe(false);
    expect(admits(group(), { ...from, securityGroupId: 'sg-1' }, 80)).toBe(
      true,
    );
  });

  it('let in what a rule names: source, port, protocol', () => {
    const web = group(rule({ ipProtocol: 'TCP', portRange: '80/90' }));
    expect(admits(web, from, 85)).toBe(true);
    expect(admits(web, from, 91)).toBe(false);
    expect(admits(web, { ip: '11.0.0.1' }, 85)).toBe(false);
    expect(admits(web, from, 0)).toBe(false);
    expect(admits(group(rule({ ipProtocol: 'ICMP' })), from, 0)).toBe(true);
  });

  it('follow the priority, and Drop among equals', () => {
    const drop = rule({ policy: 'Drop', cidrIp: '10.1.0.0/16' });
    expect(admits(group(rule({}), drop), from, 80)).toBe(false);
    expect(admits(group(rule({}), { ...drop, priority: 2 }), from, 80)).toBe(
      true,
    );
    expect(admits(group(rule({ priority: 2 }), drop), from, 80)).toBe(false);
  });

  it('keep members of a basic group together whatever its rules say, those of an advanced one apart', () => {
    const member = { ...from, securityGroupId: 'sg-1' };
    const closed = group(rule({ policy: 'Drop', cidrIp: '0.0.0.0/0' }));
    expect(admits(closed, member, 80)).toBe(true);
    expect(lets(closed, member, 80)).toBe(true);
    const advanced: SecurityGroup = { ...group(), type: 'enterprise' };
    expect(admits(advanced, member, 80)).toBe(false);
  });

  it('let out everything by default, but nothing when they are advanced', () => {
    const out = rule({ direction: 'egress' });
    expect(lets(group(), from, 80)).toBe(true);
    expect(lets(group({ ...out, policy: 'Drop' }), from, 80)).toBe(false);
    expect(lets({ ...group(), type: 'enterprise' }, from, 80)).toBe(false);
    expect(lets({ ...group(out), type: 'enterprise' }, from, 80)).toBe(true);
  });

  it('decide as going through the priorities one by one decides', () => {
    const rules = fc.array(
      fc.record({
        direction: fc.constantFrom('ingress' as const, 'egress' as const),
        ipProtocol: fc.constantFrom('ALL', 'TCP', 'UDP', 'ICMP'),
        portRange: fc.constantFrom('80/80', '81/90', '1/65535'),
        cidrIp: fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '11.0.0.0/8'),
        policy: fc.constantFrom('Accept' as const, 'Drop' as const),
        priority: fc.integer({ min: 1, max: 4 }),
      }),
      { maxLength: 8 },
    );
    const oracle = (given: SecurityGroupRule[], port: number): boolean => {
      for (let priority = 1; priority <= 100; priority++) {
        const hits = given.filter(
          item =>
            item.direction === 'ingress' &&
            item.priority === priority &&
            item.cidrIp.startsWith('10.') &&
            (item.ipProtocol === 'ALL' ||
              (port === 0
                ? item.ipProtocol === 'ICMP'
                : item.ipProtocol === 'TCP' &&
                  port >= Number(item.portRange.split('/')[0]) &&
                  port <= Number(item.portRange.split('/')[1]))),
        );
        if (hits.some(item => item.policy === 'Drop')) return false;
        if (hits.length) return true;
      }
      return false;
    };
    const same = fc.property(
      rules,
      fc.constantFrom(0, 79, 80, 85, 443),
      (given, port) => {
        const full = given.map(item =>
          rule({
            ...item,
            portRange: /TCP|UDP/.test(item.ipProtocol)
              ? item.portRange
              : '-1/-1',
          }),
        );
        return admits(group(...full), from, port) === oracle(full, port);
      },
    );
    expect(() => fc.assert(same, { numRuns: 1000 })).not.toThrow();
  });
});
