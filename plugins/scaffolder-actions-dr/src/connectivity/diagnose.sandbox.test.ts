import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { type Alicloud } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import {
  breaksAt,
  breaksBetween,
  idsOf,
  publishedPods,
  rawCalls,
  type Break,
  type Place,
} from '../__testUtils__/breaks';
import { expectedCauses } from '../__testUtils__/expectedCauses';
import { runAction } from '../__testUtils__/context';
import { sandboxDeps } from '../__testUtils__/deps';
import { createActions } from '../actions';
import type { ActionDeps } from '../deps';
import { diagnosePath } from './diagnose';
import { NetworkFacts } from './facts';
import type { PairResult } from './report';

jest.setTimeout(300_000);

const pairsOf = <T>(items: T[]) =>
  items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));

const MBPS = 10;
const spec = {
  name: 'hops',
  network: GUIDE_PLAN,
  cen: { bandwidthMbps: MBPS },
  clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 1 },
  mesh: {},
  apiServerAccess: 'public',
};

describe('the causes that keep Pods apart', () => {
  let sandbox: Sandbox;
  let deps: ActionDeps;
  let cloud: Alicloud;
  let raw: ReturnType<typeof rawCalls>;
  let places: Place[];
  let breaks: Break[];

  const run = (id: string, input: object, log?: string[]) =>
    runAction(createActions(deps).find(action => action.id === id)!, input, {
      log,
    });
  const provision = () => run('dr:environment:provision', { spec });
  const ping = async (log: string[] = []) => {
    const clusters = places.map(({ clusterId, region }) => ({
      id: clusterId,
      region,
    }));
    const output: { results?: PairResult[] } = {};
    const error = await runAction(
      createActions(deps).find(({ id }) => id === 'dr:connectivity:verify')!,
      { clusters },
      {
        log,
        output: ((name: 'results', value: PairResult[]) => {
          output[name] = value;
        }) as any,
      },
    ).then(
      () => undefined,
      (reason: Error) => reason,
    );
    return { results: output.results!, message: error?.message, log };
  };

  const placeOf = (name: string) =>
    places.find(({ cluster }) => cluster === name)!;
  const mend = async (broken: Break[]) => {
    for (const { mendIt } of broken) await mendIt?.();
    // Waits for what was switched on again, and makes anew what was deleted.
    await provision();
  };
  const titled = (title: string) => {
    const found = breaks.find(item => item.title === title);
    if (!found) {
      throw new Error(
        `no break '${title}' among ${breaks.map(item => item.title)}`,
      );
    }
    return found;
  };

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 300, dataPlaneTimeScale: 20 });
    raw = rawCalls(sandbox);
    deps = sandboxDeps(sandbox, {
      // What is deleted here is gone at once: nothing is waited out before it is made anew.
      pace: { minIntervalMs: 20, maxIntervalMs: 100, listingLagMs: 50 },
    });
    cloud = deps.accounts.get();
    const { output } = await provision();
    places = output.clusters.map((item: any, i: number) => ({
      cluster: item.name,
      region: item.region,
      clusterId: item.id,
      securityGroupId: item.securityGroupId,
      podCidr: GUIDE_PLAN.clusters[i].podCidr,
    }));
    const [a, b] = places;
    breaks = [
      ...breaksAt(cloud, raw, a, b),
      ...breaksAt(cloud, raw, b, a),
      ...breaksBetween(cloud, raw, places, MBPS),
    ];
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  const sides = ['ack-hangzhou', 'ack-shanghai'];
  const regions = ['cn-hangzhou', 'cn-shanghai'];
  const singles = [
    ...sides.flatMap((name, i) => [
      `the security group of ${name} drops what leaves`,
      `the VPC of ${name} has no route to the transit router`,
      `the attachment of ${name} is associated with no table`,
      `the transit router of ${regions[i]} learns nothing over the link`,
      `the link is associated with no table in ${regions[i]}`,
      `the transit router of ${regions[i]} learns nothing from the VPC of ${name}`,
      `Pod routes of ${name} are not published`,
      `the VPC of ${name} is not attached`,
      `the security group of ${name} admits nothing from the other region`,
    ]),
    'the link announces no routes',
    'the link has no bandwidth',
    'there is no link',
  ];

  it('are all tried below', () => {
    expect(breaks.map(({ title }) => title)).toEqual(singles);
  });

  it('are none when everything is right', async () => {
    const { results, message } = await ping();
    expect(message).toBeUndefined();
    expect(results.map(({ ok, causes }) => ({ ok, causes }))).toEqual([
      { ok: true, causes: [] },
      { ok: true, causes: [] },
    ]);
  });

  it.each(singles)(
    '%s: named alone, with its direction and fix',
    async title => {
      const broken = [titled(title)];
      await broken[0].breakIt();
      try {
        const { results, message } = await ping();
        expect(results).toHaveLength(2);
        for (const result of results) {
          const [from, to] = [placeOf(result.from), placeOf(result.to)];
          const causes = expectedCauses(broken, from, to);
          expect(result).toMatchObject({ ok: causes.length === 0, causes });
        }
        const failed = results.filter(({ ok }) => !ok).length;
        expect(failed).toBeGreaterThan(0);
        expect(message).toContain(
          `Pods do not reach each other: ${failed} of 2 directions fail`,
        );
        expect(message).toMatch(
          new RegExp(`\\n\\n1\\. ${broken[0].hop}: [^\\n]* Fix: [^\\n]*$`),
        );
      } finally {
        await mend(broken);
      }
    },
  );

  it('three at once are all named, in path order, and what follows from them is not', async () => {
    const [hangzhou, shanghai] = places.map(({ cluster }) => cluster);
    const broken = [
      titled(`the security group of ${hangzhou} drops what leaves`),
      titled('there is no link'),
      titled(`the VPC of ${shanghai} is not attached`),
    ];
    for (const item of broken) await item.breakIt();
    try {
      const { results, message } = await ping();
      expect(results[0]).toMatchObject({
        from: hangzhou,
        causes: expectedCauses(broken, places[0], places[1]),
      });
      expect(results[1]).toMatchObject({
        from: shanghai,
        causes: expectedCauses(broken, places[1], places[0]),
      });
      expect(message!.split('\n')).toEqual([
        'Pods do not reach each other: 2 of 2 directions fail',
        '',
        `- ${hangzhou} → ${shanghai}: security group (1), link (2), attachment (3)`,
        `- ${shanghai} → ${hangzhou}: attachment (3), link (2)`,
        '',
        expect.stringMatching(/^1\. security group: sg-/),
        expect.stringMatching(/^2\. link: /),
        expect.stringMatching(/^3\. attachment: /),
      ]);
    } finally {
      await mend(broken);
    }
  });

  it('routes that lead astray are named, and default routes are not', async () => {
    const [here, there] = places;
    const { table, vpcId } = await idsOf(cloud, here);
    const [{ destinationCidrBlock }] = await publishedPods(cloud, there);
    const black = await raw('cbn', 'CreateTransitRouterRouteEntry', {
      TransitRouterRouteTableId: table,
      TransitRouterRouteEntryDestinationCidrBlock: destinationCidrBlock,
      TransitRouterRouteEntryNextHopType: 'BlackHole',
    });
    const hole = (await ping()).results;
    await raw('cbn', 'DeleteTransitRouterRouteEntry', black);
    expect(hole.map(({ causes }) => causes)).toEqual([
      [
        expect.objectContaining({
          hop: 'route',
          direction: 'there',
          evidence: expect.stringContaining(
            `Route ${destinationCidrBlock} in table ${table} of transit router`,
          ),
        }),
      ],
      [expect.objectContaining({ hop: 'route', direction: 'back' })],
    ]);

    const [{ routeTableId }] = await cloud.vpc.describeRouteTables({
      regionId: here.region,
      vpcId,
    });
    const [node] = await cloud.ack.describeNodes({
      regionId: here.region,
      clusterId: here.clusterId,
    });
    await raw('vpc', 'CreateRouteEntry', {
      RegionId: here.region,
      RouteTableId: routeTableId,
      DestinationCidrBlock: destinationCidrBlock,
      NextHopType: 'Instance',
      NextHopId: node.instanceId,
    });
    await provision();
    const astray = (await ping()).results;
    await raw('vpc', 'DeleteRouteEntry', {
      RegionId: here.region,
      RouteTableId: routeTableId,
      DestinationCidrBlock: destinationCidrBlock,
      NextHopId: node.instanceId,
    });
    expect(astray[0].causes).toEqual([
      expect.objectContaining({
        hop: 'route',
        direction: 'there',
        evidence: expect.stringContaining(
          `Route ${destinationCidrBlock} leads to Instance ${node.instanceId} in the route table of ${vpcId}`,
        ),
      }),
    ]);
  });

  it('what cannot be looked at is said, beside what was found', async () => {
    const broken = [
      titled('the link has no bandwidth'),
      titled(
        `the security group of ${places[1].cluster} admits nothing from the other region`,
      ),
    ];
    for (const item of broken) await item.breakIt();
    const rules = `${sandbox.control}/faults/rules`;
    await fetch(rules, {
      method: 'POST',
      body: JSON.stringify({
        kind: 'error',
        operation: 'ListTransitRouterRouteTables',
        status: 403,
        code: 'NoPermission',
        message: 'not for you',
      }),
    });
    try {
      const [result] = (await ping()).results;
      expect(result.causes.map(({ hop }) => hop)).toEqual(['security group']);
      expect(result.detail).toMatch(
        /^\(1\) security group: .* \(2\) not every hop could be looked at: cbn ListTransitRouterRouteTables .*NoPermission/,
      );
    } finally {
      await fetch(rules, { method: 'DELETE' });
      await mend(broken);
    }
  });

  it('a cluster that runs no probe fails its own pairs only', async () => {
    const log: string[] = [];
    const { clusterId } = places[1];
    const rules = `${sandbox.control}/faults/rules`;
    await fetch(rules, {
      method: 'POST',
      body: JSON.stringify({
        api: 'kubernetes',
        kind: 'error',
        status: 403,
        cluster: clusterId,
        resource: 'deployments.apps',
        verb: 'patch',
      }),
    });
    try {
      const { results, message } = await ping(log);
      for (const result of results) {
        expect(result).toMatchObject({ ok: false, causes: [] });
        expect(result.detail).toMatch(
          /^not tested, no probe runs in ack-shanghai: /,
        );
      }
      expect(message).toContain('2 of 2 directions fail');
    } finally {
      await fetch(rules, { method: 'DELETE' });
    }
  });

  it('two at once are both named, in path order, whichever two', async () => {
    const ends = await Promise.all(
      places.map(async place => ({
        place,
        ip: place.podCidr.replace(/\.0\/\d+$/, '.9'),
        cluster: (await cloud.ack.describeCluster({
          regionId: place.region,
          clusterId: place.clusterId,
        }))!,
      })),
    );
    // Without those that only provisioning takes back.
    const mendable = breaks.filter(({ mendIt }) => mendIt !== undefined);
    for (const [first, second] of pairsOf(mendable)) {
      const broken = [first, second];
      for (const item of broken) await item.breakIt();
      const facts = new NetworkFacts(cloud, {});
      for (const [from, to] of [ends, [...ends].reverse()]) {
        const { causes } = await diagnosePath(facts, from, to);
        expect({
          broken: broken.map(({ title }) => title),
          from: from.place.cluster,
          causes,
        }).toEqual({
          broken: broken.map(({ title }) => title),
          from: from.place.cluster,
          causes: expectedCauses(broken, from.place, to.place),
        });
      }
      for (const item of broken) await item.mendIt!();
    }
  });
});
