import {
  bookinfo,
  bookinfoCluster,
  bookinfoRoute,
  destinationRule,
  guideFailover,
  guideOutlierDetection,
  HANGZHOU,
  SHANGHAI,
} from '../__fixtures__/bookinfo';
import type { TrafficPolicyLike } from '../locality/destinationRule';
import { buildServiceTopology } from './build';
import { RemedyPredictor } from './remedies';
import type { TopologyInput, VirtualServiceLike } from './types';

const detection = {
  consecutive5xxErrors: 3,
  interval: '1s',
  baseEjectionTime: '30s',
  maxEjectionPercent: 100,
};
const rule = (policy: TrafficPolicyLike) => destinationRule('reviews', policy);
const withRule = (
  policy: TrafficPolicyLike,
  change: Partial<TopologyInput> = {},
) =>
  bookinfo({
    meshSetting: guideFailover,
    destinationRules: [rule(policy)],
    ...change,
  });
const predict = (facts: TopologyInput) => new RemedyPredictor().of(facts);

const route = (
  retries?: object,
  metadata: object = { resourceVersion: '42' },
): VirtualServiceLike => ({
  metadata: { name: 'reviews', namespace: 'default', ...metadata },
  spec: {
    hosts: ['reviews'],
    http: [
      {
        match: [{ headers: { end: { exact: 'x' } } }],
        route: [{ destination: { host: 'ratings' } }],
      },
      {
        ...(retries && { retries }),
        route: [{ destination: { host: 'reviews' } }],
      },
    ],
  },
});

describe('RemedyPredictor', () => {
  it('tells what a connect timeout spares callers of a region that answers nothing', () => {
    const found = predict(withRule({ outlierDetection: detection }))!;
    expect(found).toMatchObject({ region: HANGZHOU, outageSeconds: 120 });
    expect(found.requests).toBe(found.proxies * 10 * 120);
    const { now, then } = found.connectTimeout!;
    // Istio's default of 10 s, and the one that is offered.
    expect(now.waitSeconds).toBeGreaterThan(9);
    expect(then.waitSeconds).toBeLessThan(4);
    expect(then.failed).toBeLessThan(now.failed);
  });

  it('offers no connect timeout where there is one', () => {
    const policy = (connectTimeout: string) => ({
      outlierDetection: detection,
      connectionPool: { tcp: { connectTimeout } },
    });
    expect(predict(withRule(policy('1s')))!.connectTimeout).toBeUndefined();
    expect(predict(withRule(policy('500ms')))!.connectTimeout).toBeUndefined();
    expect(predict(withRule(policy('5s')))!.connectTimeout).toBeDefined();
  });

  it('saves by remote retries what the cap of ejections leaves failing for good', () => {
    const found = predict(
      withRule({ outlierDetection: guideOutlierDetection }),
    )!;
    const [{ refused, patch }] = found.retries;
    expect(refused.now.stayingPercent).toBeGreaterThan(40);
    expect(refused.then).toMatchObject({ failed: 0, stayingPercent: 0 });
    // Nothing routes to reviews inside the mesh: there is an object to be made, and none to be patched.
    expect(patch.operations).toBeUndefined();
    expect(patch.manifest).toContain('retryRemoteLocalities: true');
    expect(patch.command).toContain(' create --filename - ');
  });

  it('patches the routes to the service alone, keeps their retries, and looks at the version', () => {
    const retries = { attempts: 1, retryOn: 'connect-failure,503' };
    const [{ patch }] = predict(
      withRule(
        { outlierDetection: detection },
        { virtualServices: [route(retries)] },
      ),
    )!.retries;
    expect(patch).toEqual({
      object: 'VirtualService default/reviews',
      operations: [
        { op: 'test', path: '/metadata/resourceVersion', value: '42' },
        {
          op: 'add',
          path: '/spec/http/1/retries',
          value: { ...retries, attempts: 2, retryRemoteLocalities: true },
        },
      ],
      command: expect.stringMatching(
        /^kubectl --kubeconfig "\$ASM_KUBECONFIG" --namespace default patch virtualservice reviews --type json --patch '\[\{"op":"test"/,
      ),
    });
  });

  it.each([
    [{ attempts: 3, retryRemoteLocalities: true }, 0],
    // One retry never leaves the priority.
    [{ attempts: 1, retryRemoteLocalities: true }, 1],
    // Somebody does not want requests repeated.
    [{ attempts: 0 }, 0],
    [undefined, 1],
  ])('retries %j leave %d offers', (retries, offers) => {
    const facts = withRule(
      { outlierDetection: detection },
      { virtualServices: [route(retries)] },
    );
    expect(predict(facts)!.retries).toHaveLength(offers);
  });

  it("patches a gateway's own VirtualService for the service behind it", () => {
    const facts = bookinfo({
      service: { namespace: 'default', name: 'productpage' },
      meshSetting: guideFailover,
      destinationRules: [
        destinationRule('productpage', { outlierDetection: detection }),
      ],
    });
    const patches = predict(facts)!.retries.map(({ patch }) => patch.object);
    const { namespace = 'default', name } = bookinfoRoute.metadata;
    expect(patches).toContain(`VirtualService ${namespace}/${name}`);
    const retried = {
      ...bookinfoRoute,
      spec: {
        ...bookinfoRoute.spec,
        http: bookinfoRoute.spec.http!.map(http => ({
          ...http,
          retries: { attempts: 2, retryRemoteLocalities: true },
        })),
      },
    };
    const after = predict({ ...facts, virtualServices: [retried] })!;
    expect(after.retries.map(({ patch }) => patch.object)).not.toContain(
      `VirtualService ${namespace}/${name}`,
    );
  });

  it('has nothing to offer where calls cannot go elsewhere', () => {
    const found = predict(
      withRule(
        { outlierDetection: detection },
        {
          meshSetting: {
            distribute: [
              { from: HANGZHOU, to: { [HANGZHOU]: 100 } },
              { from: SHANGHAI, to: { [SHANGHAI]: 100 } },
            ],
          },
        },
      ),
    )!;
    expect(found.retries).toEqual([]);
  });

  it('leaves services of very many endpoints to what holds in general', () => {
    const many = (pods: number) =>
      withRule(
        { outlierDetection: detection },
        {
          clusters: [
            bookinfoCluster(HANGZHOU, { v1: pods }),
            bookinfoCluster(SHANGHAI, { v2: pods }),
          ],
        },
      );
    expect(predict(many(100))).toBeDefined();
    expect(predict(many(101))).toBeUndefined();
  });

  it('puts numbers into the findings of a deployed rule, the same each time', () => {
    const facts = withRule({ outlierDetection: detection });
    const predictor = new RemedyPredictor();
    const topology = buildServiceTopology(facts, predictor);
    const ids = topology.findings.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining([
        'connect-timeout-decides',
        'retries-stay-in-region',
      ]),
    );
    expect(ids).not.toContain('connect-timeout-default');
    expect(buildServiceTopology(facts, new RemedyPredictor()).version).toBe(
      topology.version,
    );
    // Without forecasts, what holds in general.
    expect(buildServiceTopology(facts).findings.map(({ id }) => id)).toContain(
      'connect-timeout-default',
    );
  });
});
