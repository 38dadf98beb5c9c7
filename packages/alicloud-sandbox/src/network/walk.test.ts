import fc from 'fast-check';
import { emptyCloud, type CloudData } from '../openapi/data';
import type { CloudStore } from '../openapi/store';
import { createReachability } from './reachability';

/**
 * Packets through random networks, judged by a model that knows nothing of route tables as rows: it asks for every prefix
 * length from 32 down whether somebody announces just that block, and follows the answer hop by hop.
 */

const REGIONS = ['cn-hangzhou', 'cn-shanghai', 'cn-beijing', 'eu-central-1'];
const CREATED = '2026-01-01T00:00:00Z';
const CEN = 'cen-1';

interface Link {
  a: number;
  b: number;
  bandwidth: number;
  /** At either end. */
  associated: [boolean, boolean];
  propagates: [boolean, boolean];
  announces: boolean;
}

interface Net {
  vpcs: {
    region: number;
    block: string;
    associated: boolean;
    propagates: boolean;
    published: boolean;
  }[];
  links: Link[];
  /** Static routes of the routers: to a link, or into a black hole. */
  fixed: { router: number; block: string; link: number | 'blackhole' }[];
}

const block = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom(16, 17, 24))
  .map(([second, bits]) => `10.${second}.0.0/${bits}`);

/** Nine times of ten, so that most packets have a way. */
const mostly = fc.nat(9).map(n => n > 0);

const net: fc.Arbitrary<Net> = fc.record({
  vpcs: fc.array(
    fc.record({
      region: fc.nat(REGIONS.length - 1),
      block,
      associated: mostly,
      propagates: mostly,
      published: mostly,
    }),
    { minLength: 2, maxLength: 6 },
  ),
  links: fc.uniqueArray(
    fc
      .record({
        a: fc.nat(REGIONS.length - 1),
        b: fc.nat(REGIONS.length - 1),
        bandwidth: fc.constantFrom(0, 10, 10, 10),
        associated: fc.tuple(mostly, mostly),
        propagates: fc.tuple(mostly, mostly),
        announces: mostly,
      })
      .filter(link => link.a < link.b),
    { selector: link => `${link.a}-${link.b}`, maxLength: 6 },
  ),
  fixed: fc.uniqueArray(
    fc.record({
      router: fc.nat(REGIONS.length - 1),
      block,
      link: fc.oneof(fc.nat(5), fc.constant('blackhole' as const)),
    }),
    { selector: route => `${route.router} ${route.block}`, maxLength: 3 },
  ),
});

/** A static route must lead over a link of its own router. */
function fixedRoutes({ fixed, links }: Net): Net['fixed'] {
  return fixed.filter(
    ({ router, link }) =>
      link === 'blackhole' ||
      (links[link] && [links[link].a, links[link].b].includes(router)),
  );
}

function build(world: Net): CloudData {
  const data = emptyCloud();
  REGIONS.forEach((regionId, i) => {
    data.transitRouters[`tr-${i}`] = {
      transitRouterId: `tr-${i}`,
      cenId: CEN,
      regionId,
      name: '',
      description: '',
      status: 'Active',
      routeTableId: `vtb-${i}`,
      routeTableTags: {},
      cidrList: [],
      creationTime: CREATED,
      tags: {},
    };
  });
  const link = (
    kind: 'associations' | 'propagations',
    attachmentId: string,
    router: number,
  ) =>
    data[kind].push({
      attachmentId,
      routeTableId: `vtb-${router}`,
      status: 'Active',
    });
  world.vpcs.forEach((vpc, i) => {
    const place = {
      vpcId: `vpc-${i}`,
      regionId: REGIONS[vpc.region],
      creationTime: CREATED,
      tags: {},
      name: '',
      description: '',
    };
    data.vpcs[`vpc-${i}`] = {
      ...place,
      cidrBlock: '10.0.0.0/8',
      userCidrs: [],
      status: 'Available',
      vRouterId: '',
      routeTableId: `vtb-vpc-${i}`,
      routeTableTags: {},
    };
    data.vSwitches[`vsw-${i}`] = {
      ...place,
      vSwitchId: `vsw-${i}`,
      zoneId: '',
      cidrBlock: vpc.block,
      status: 'Available',
    };
    data.vpcAttachments[`att-${i}`] = {
      ...place,
      attachmentId: `att-${i}`,
      cenId: CEN,
      transitRouterId: `tr-${vpc.region}`,
      status: 'Attached',
      autoPublishRouteEnabled: vpc.published,
      chargeType: 'POSTPAY',
      orderType: 'PayByCenOwner',
      options: {},
      zoneMappings: [],
    };
    if (vpc.associated) link('associations', `att-${i}`, vpc.region);
    if (vpc.propagates) link('propagations', `att-${i}`, vpc.region);
  });
  world.links.forEach((item, i) => {
    data.peerAttachments[`peer-${i}`] = {
      attachmentId: `peer-${i}`,
      cenId: CEN,
      transitRouterId: `tr-${item.a}`,
      regionId: REGIONS[item.a],
      peerTransitRouterId: `tr-${item.b}`,
      peerRegionId: REGIONS[item.b],
      name: '',
      description: '',
      status: 'Attached',
      autoPublishRouteEnabled: item.announces,
      bandwidth: item.bandwidth,
      bandwidthType: 'DataTransfer',
      bandwidthPackageId: '',
      defaultLinkType: 'Gold',
      creationTime: CREATED,
      tags: {},
    };
    [item.a, item.b].forEach((router, side) => {
      if (item.associated[side]) link('associations', `peer-${i}`, router);
      if (item.propagates[side]) link('propagations', `peer-${i}`, router);
    });
  });
  fixedRoutes(world).forEach((route, i) => {
    data.transitRouterRoutes[`rte-${i}`] = {
      routeEntryId: `rte-${i}`,
      routeTableId: `vtb-${route.router}`,
      destinationCidrBlock: route.block,
      nextHopType: route.link === 'blackhole' ? 'BlackHole' : 'Attachment',
      nextHopId: route.link === 'blackhole' ? '' : `peer-${route.link}`,
      name: '',
      description: '',
      status: 'Active',
      creationTime: CREATED,
    };
  });
  return data;
}

/** The block of the given length around an address. */
function around(ip: string, bits: number): string {
  const value = ip.split('.').reduce((sum, part) => sum * 256 + +part, 0);
  const first = Math.floor(value / 2 ** (32 - bits)) * 2 ** (32 - bits);
  return `${[24, 16, 8, 0]
    .map(shift => Math.floor(first / 2 ** shift) % 256)
    .join('.')}/${bits}`;
}

type Hop = { vpc: number } | { link: number } | 'blackhole';

/** Who, at a router, takes packets for exactly this block: static routes first, then its VPCs, then what links tell. */
function hopFor(world: Net, router: number, exact: string): Hop | undefined {
  const own = (at: number, except?: number): Hop | undefined => {
    const fixed = fixedRoutes(world).find(
      route =>
        route.router === at && route.block === exact && route.link !== except,
    );
    if (fixed) {
      return fixed.link === 'blackhole' ? 'blackhole' : { link: fixed.link };
    }
    const vpc = world.vpcs.findIndex(
      item => item.region === at && item.propagates && item.block === exact,
    );
    return vpc < 0 ? undefined : { vpc };
  };
  const mine = own(router);
  if (mine) return mine;
  const link = world.links.findIndex((item, i) => {
    const side = [item.a, item.b].indexOf(router);
    if (side < 0 || !item.announces || !item.propagates[side]) return false;
    const far = side === 0 ? item.b : item.a;
    return item.associated[1 - side] && own(far, i) !== undefined;
  });
  return link < 0 ? undefined : { link };
}

function longest(world: Net, router: number, ip: string): Hop | undefined {
  for (let bits = 32; bits >= 0; bits--) {
    const hop = hopFor(world, router, around(ip, bits));
    if (hop) return hop;
  }
  return undefined;
}

/** The longest block around the address that the VPC has a route for; whether it is the VPC's own. */
function inVpc(world: Net, index: number, ip: string) {
  const vpc = world.vpcs[index];
  for (let bits = 32; bits >= 0; bits--) {
    const exact = around(ip, bits);
    if (vpc.block === exact) return 'local';
    const hop = hopFor(world, vpc.region, exact);
    const isOwn = typeof hop === 'object' && 'vpc' in hop && hop.vpc === index;
    if (vpc.published && vpc.associated && hop && !isOwn) return 'router';
  }
  return undefined;
}

function arrives(world: Net, from: number, to: number, ip: string): boolean {
  if (from === to) return inVpc(world, to, ip) === 'local';
  if (inVpc(world, from, ip) !== 'router') return false;
  let router = world.vpcs[from].region;
  const seen = new Set<number>();
  while (!seen.has(router)) {
    seen.add(router);
    const hop = longest(world, router, ip);
    if (!hop || hop === 'blackhole') return false;
    if ('vpc' in hop) return hop.vpc === to && inVpc(world, to, ip) === 'local';
    const link = world.links[hop.link];
    if (link.bandwidth < 1) return false;
    const side = link.a === router ? 1 : 0;
    router = side ? link.b : link.a;
    if (!link.associated[side]) return false;
  }
  return false;
}

describe('the way of a packet', () => {
  it('is the one that a model without tables takes, there and back', () => {
    let arrivals = 0;
    const same = fc.property(net, world => {
      const store = { data: build(world), version: 1 } as CloudStore;
      const reach = createReachability(store, 'must-be-published');
      const host = (vpc: number) =>
        world.vpcs[vpc].block.replace(/0\/\d+$/, '5');
      world.vpcs.forEach((_, from) =>
        world.vpcs.forEach((__, to) => {
          const expected =
            arrives(world, from, to, host(to)) &&
            arrives(world, to, from, host(from));
          const got = reach(
            { vpcId: `vpc-${from}`, ip: host(from) },
            { vpcId: `vpc-${to}`, ip: host(to) },
            80,
          );
          if (expected && from !== to) arrivals++;
          expect([from, to, got.ok]).toEqual([from, to, expected]);
        }),
      );
    });
    fc.assert(same, { numRuns: 400 });
    // A property about packets that never arrive would say little.
    expect(arrivals).toBeGreaterThan(100);
  });

  it('goes through a third region when static routes lead it there', () => {
    const line = (a: number, b: number): Link => ({
      a,
      b,
      bandwidth: 10,
      associated: [true, true],
      propagates: [true, true],
      announces: true,
    });
    const site = (region: number, address: string) => ({
      region,
      block: address,
      associated: true,
      propagates: true,
      published: true,
    });
    const world: Net = {
      vpcs: [site(0, '10.0.0.0/16'), site(2, '10.2.0.0/16')],
      links: [line(0, 1), line(1, 2)],
      fixed: [],
    };
    const ask = (change: Partial<Net>, down: string[] = []) => {
      const data = build({ ...world, ...change });
      data.regionsDown = down;
      const store = { data, version: 1 } as CloudStore;
      return createReachability(store, 'must-be-published')(
        { vpcId: 'vpc-0', ip: '10.0.0.5' },
        { vpcId: 'vpc-1', ip: '10.2.0.5' },
        80,
      );
    };
    const through = {
      fixed: [
        { router: 0, block: '10.2.0.0/16', link: 0 },
        { router: 2, block: '10.0.0.0/16', link: 1 },
      ],
    };
    expect(ask({})).toMatchObject({ ok: false, reason: 'no-route' });
    expect(ask(through)).toMatchObject({ ok: true });
    expect(ask(through, ['cn-shanghai'])).toMatchObject({
      ok: false,
      reason: 'region-down',
    });
    const circle = [
      { router: 0, block: '10.2.0.0/17', link: 0 },
      { router: 1, block: '10.2.0.0/17', link: 0 },
    ];
    expect(ask({ fixed: [...through.fixed, ...circle] })).toMatchObject({
      ok: false,
      detail: expect.stringContaining('circle'),
    });
    const hole = [
      { router: 1, block: '10.2.0.0/24', link: 'blackhole' as const },
    ];
    expect(ask({ fixed: [...through.fixed, ...hole] })).toMatchObject({
      ok: false,
      detail: expect.stringContaining('black hole'),
    });
  });
});
