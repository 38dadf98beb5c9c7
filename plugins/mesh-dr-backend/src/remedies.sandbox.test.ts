import {
  applyManifests,
  type KubernetesConnection,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { LintFinding } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { parse } from 'yaml';
import { documentedCaller } from './__testUtils__/documentedCaller';
import {
  meshObjects,
  startOnSandbox,
  untilFound,
} from './__testUtils__/guideCloud';
import { joinGuide } from './__testUtils__/joinGuide';
import { sandboxClients } from './__testUtils__/sandboxClients';

jest.setTimeout(240_000);

const ROUTES = {
  apiVersion: 'networking.istio.io/v1beta1',
  plural: 'virtualservices',
};

/** What the portal offers against an outage is taken up, and the outage comes: does it cost as much less as was foretold? */
describe('remedies on the sandbox cloud', () => {
  let started: Awaited<ReturnType<typeof startOnSandbox>>;
  let mesh: KubernetesConnection;
  let meshId: string;

  const call = documentedCaller(() => started.backend.server);
  const target = () => ({
    scope: 'service',
    meshId,
    namespace: 'default',
    name: 'reviews',
  });
  const failover = (consecutive5xxErrors: number) => ({
    mode: 'failover',
    failover: [{ from: 'cn-hangzhou', to: 'cn-shanghai' }],
    outlierDetection: {
      consecutive5xxErrors,
      interval: '1s',
      baseEjectionTime: '2s',
      maxEjectionPercent: 100,
    },
  });
  const topology = async () =>
    (
      await call(
        'get',
        `/v1/meshes/${meshId}/services/default/reviews/topology`,
      )
    ).body;
  const change = async (intent: object) => {
    const { status, body } = await call('post', '/v1/changes', {
      target: target(),
      intent,
      reason: 'drill',
    });
    expect([status, body.status]).toEqual([201, 'applied']);
  };
  const finding = async (id: string): Promise<LintFinding | undefined> =>
    (await topology()).findings?.find((found: LintFinding) => found.id === id);
  /** Pages one after the other, and how many of them lack their reviews. */
  const send = async (requests: number) => {
    const { body } = await call('post', '/v1/verifications', {
      meshId,
      namespace: 'default',
      name: 'reviews',
      requests,
      gatewayRegion: 'cn-hangzhou',
    });
    return body;
  };
  const control = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${started.sandbox.control}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(answer.ok).toBe(true);
  };
  const fail = (mode: string) =>
    control('POST', '/faults/pods', {
      region: 'cn-hangzhou',
      selector: { app: 'reviews' },
      mode,
    });
  /** As without faults, so that nobody remembers an earlier one. */
  const heal = async () => {
    await control('DELETE', '/faults/pods');
    await untilFound('Hangzhou answers itself again', async () => {
      const { byRegion, failed } = await send(4);
      return failed === 0 && byRegion['cn-hangzhou'] === 4;
    });
  };

  beforeAll(async () => {
    started = await startOnSandbox();
    const { accounts, connector } = sandboxClients(started.sandbox);
    const joined = await joinGuide(accounts.get('sandbox'), connector);
    meshId = joined.meshId;
    mesh = connector.mesh({ account: 'sandbox', serviceMeshId: meshId });
    const [applied] = await applyManifests(
      [mesh],
      meshObjects([...joined.clusters.values()]),
      { fieldManager: 'test' },
    );
    if (!applied.ok) throw applied.error;
    // Pages come from Hangzhou alone, and the gateway repeats none: what is counted is the hop to reviews.
    await connector
      .cluster({
        account: 'sandbox',
        regionId: 'cn-shanghai',
        clusterId: joined.clusters.get('cn-shanghai')!,
      })
      .patch(
        { apiVersion: 'apps/v1', plural: 'deployments' },
        'default',
        'productpage-v1',
        { spec: { replicas: 0 } },
        { kind: 'merge', subresource: 'scale' },
      );
    await mesh.patch(
      ROUTES,
      'default',
      'bookinfo',
      [{ op: 'add', path: '/spec/http/0/retries', value: { attempts: 0 } }],
      { kind: 'json' },
    );
    await untilFound('a gateway in Hangzhou leads to reviews', async () => {
      const { regions, gateways } = await topology();
      return (
        regions?.length === 2 &&
        regions.every(({ ready }: any) => ready === 1) &&
        gateways.some(
          ({ region, address, ready }: any) =>
            region === 'cn-hangzhou' && address && ready,
        )
      );
    });
  });
  afterAll(() => started?.stop());

  it('retries that may leave the region save the calls that pods refuse', async () => {
    // So many errors in a row never come together here: nothing but retries helps.
    await change(failover(1000));
    await heal();
    const offered = await untilFound('retries are offered', () =>
      finding('retries-stay-in-region'),
    );
    const { refusedNow, refusedThen } = offered.values;
    expect(refusedNow).toBeGreaterThan(100);
    expect(refusedThen).toBe(0);

    await fail('refuse');
    expect(await send(6)).toMatchObject({ failed: 6 });
    await heal();

    // Nothing routes to reviews yet; what is offered is made as it stands.
    const { manifest, command } = offered.patch!;
    expect(command).toContain(manifest);
    const [made] = await applyManifests([mesh], [parse(manifest!)], {
      fieldManager: 'owner',
    });
    expect(made.ok).toBe(true);
    await untilFound('nothing is offered any more', async () => {
      return !(await finding('retries-stay-in-region'));
    });
    await fail('refuse');
    expect(await send(6)).toMatchObject({
      failed: 0,
      byRegion: { 'cn-shanghai': 6 },
    });
    await heal();
  });

  it('patches a route that somebody else has, if it is still the one that was looked at', async () => {
    await mesh.patch(
      ROUTES,
      'default',
      'reviews',
      [{ op: 'replace', path: '/spec/http/0/retries', value: { attempts: 1 } }],
      { kind: 'json' },
    );
    const { operations } = (
      await untilFound('a patch is offered', async () => {
        const found = await finding('retries-stay-in-region');
        return found?.patch?.operations && found;
      })
    ).patch!;
    const apply = () =>
      mesh.patch(ROUTES, 'default', 'reviews', operations!, { kind: 'json' });
    await apply();
    const { spec }: any = await mesh.get(ROUTES, 'default', 'reviews');
    expect(spec.http[0].retries).toEqual({
      attempts: 2,
      retryRemoteLocalities: true,
    });
    // The object is another one since.
    await expect(apply()).rejects.toThrow();
  });

  it('the offered connect timeout ends the waiting for a region that answers nothing', async () => {
    await change(failover(2));
    await heal();
    const offered = await untilFound('a connect timeout is offered', () =>
      finding('connect-timeout-decides'),
    );
    const { waitNow, waitThen } = offered.values;
    expect(waitNow).toBeGreaterThan(9);
    expect(waitThen).toBeLessThan(4);
    await fail('black-hole');
    const without = await send(4);
    await heal();

    await change(offered.fix!.intent);
    await untilFound('nothing is offered any more', async () => {
      return !(await finding('connect-timeout-decides'));
    });
    await heal();
    await fail('black-hole');
    const withIt = await send(4);
    // Bookinfo's page gives its calls three seconds each, twice.
    expect(without.failed).toBeGreaterThan(withIt.failed);
    expect(without.durationMs).toBeGreaterThan(withIt.durationMs);
    expect(withIt.failed).toBeLessThan(2);
    await heal();
  });
});
