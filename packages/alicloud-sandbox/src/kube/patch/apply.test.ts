import fc from 'fast-check';
import { deployment, destinationRule } from '../__testUtils__/api';
import { KindTable } from '../kinds';
import { builtinSchema } from '../schema/builtin';
import { serverSideApply } from './apply';
import { readManagers, recordUpdate } from './managedFields';

const rule = new KindTable('asm').findKind(
  'networking.istio.io/v1',
  'DestinationRule',
)!.schema;
const deploymentSchema = builtinSchema('V1Deployment');
const options = (manager: string, force = false) => ({
  manager,
  force,
  apiVersion: 'networking.istio.io/v1',
  time: '2025-06-23T08:00:00Z',
});

/** A rule that a person made with kubectl. */
function made(spec: any) {
  const object = destinationRule('reviews', spec);
  recordUpdate(undefined, object, rule, {
    manager: 'kubectl',
    apiVersion: 'networking.istio.io/v1',
  });
  return object;
}

/** An apply configuration; without a spec it gives everything up. */
function partial(spec?: object) {
  const { apiVersion, kind, metadata } = destinationRule('reviews');
  return { apiVersion, kind, metadata, ...(spec ? { spec } : {}) };
}

const apply = (live: any, spec?: any, manager = 'mesh-dr', force = false) =>
  serverSideApply(live, partial(spec), rule, options(manager, force));

const failover = {
  loadBalancer: {
    localityLbSetting: {
      enabled: true,
      failover: [{ from: 'cn-hangzhou', to: 'cn-shanghai' }],
    },
  },
  outlierDetection: { consecutive5xxErrors: 5, interval: '1s' },
};
const managersOf = (object: any) =>
  readManagers(object).map(m => `${m.manager} ${m.operation}`);

describe('server-side apply', () => {
  it('adds its fields beside those of others and takes exactly them away again', () => {
    const live = made({
      host: 'reviews',
      subsets: [{ name: 'v1', labels: { version: 'v1' } }],
    });
    const applied = apply(live, { trafficPolicy: failover });
    expect(applied.spec).toEqual({ ...live.spec, trafficPolicy: failover });
    expect(managersOf(applied)).toEqual(['kubectl Update', 'mesh-dr Apply']);
    const undone = apply(applied);
    expect(undone.spec).toEqual(live.spec);
    expect(managersOf(undone)).toEqual(['kubectl Update']);
  });

  it('restores what was there for any policies of two managers that do not meet', () => {
    const http = fc.record(
      { maxRetries: fc.integer({ min: 0 }), idleTimeout: fc.constant('5s') },
      { requiredKeys: [] },
    );
    const outlier = fc.record(
      {
        interval: fc.constant('1s'),
        maxEjectionPercent: fc.integer({ min: 1, max: 100 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(http, outlier, (connection, detection) => {
        const live = made({
          host: 'reviews',
          trafficPolicy: { connectionPool: { http: connection } },
        });
        const applied = apply(live, {
          trafficPolicy: { outlierDetection: detection },
        });
        expect(applied.spec.trafficPolicy.connectionPool).toEqual({
          http: connection,
        });
        expect(apply(applied).spec).toEqual(live.spec);
      }),
    );
  });

  it('is idempotent, time stamps included', () => {
    const once = apply(made({ host: 'reviews' }), { trafficPolicy: failover });
    const twice = serverSideApply(
      once,
      destinationRule('reviews', { trafficPolicy: failover }),
      rule,
      { ...options('mesh-dr'), time: '2030-01-01T00:00:00Z' },
    );
    expect(twice).toEqual(once);
  });

  it('refuses to change another manager’s field, naming both, and takes it by force', () => {
    const live = apply(made({ host: 'reviews' }), { trafficPolicy: failover });
    const other = {
      trafficPolicy: { outlierDetection: { consecutive5xxErrors: 1 } },
    };
    expect(() => apply(live, other, 'someone')).toThrow(
      expect.objectContaining({
        code: 409,
        message:
          'Apply failed with 1 conflict: conflict with "mesh-dr": .spec.trafficPolicy.outlierDetection.consecutive5xxErrors',
      }),
    );
    const forced = apply(live, other, 'someone', true);
    expect(forced.spec.trafficPolicy.outlierDetection).toEqual({
      consecutive5xxErrors: 1,
      interval: '1s',
    });
    const [, first] = readManagers(forced);
    expect(
      [...first.fields].some(f => f.includes('consecutive5xxErrors')),
    ).toBe(false);
    // The same value is no conflict: both own the field then, and one may leave.
    const shared = apply(
      live,
      { trafficPolicy: { outlierDetection: { interval: '1s' } } },
      'someone',
    );
    expect(apply(shared).spec.trafficPolicy).toEqual({
      outlierDetection: { interval: '1s' },
    });
  });

  it('treats the lists of Istio kinds as one value', () => {
    const live = made({
      host: 'reviews',
      subsets: [{ name: 'v1' }, { name: 'v2' }],
    });
    expect(() => apply(live, { subsets: [{ name: 'v1' }] })).toThrow(
      expect.objectContaining({
        code: 409,
        message: expect.stringContaining(
          'conflict with "kubectl" using networking.istio.io/v1: .spec.subsets',
        ),
      }),
    );
    expect(
      apply(live, { subsets: [{ name: 'v3' }] }, 'mesh-dr', true).spec.subsets,
    ).toEqual([{ name: 'v3' }]);
  });

  it('merges containers by name and removes those no longer applied', () => {
    const deploy = (containers: any[]) => {
      const object = deployment('web') as any;
      object.spec.template.spec.containers = containers;
      return object;
    };
    const base = serverSideApply(
      undefined,
      deploy([
        { name: 'a', image: 'a:1' },
        { name: 'b', image: 'b:1' },
      ]),
      deploymentSchema,
      options('one'),
    );
    const sidecar: any = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        template: { spec: { containers: [{ name: 'proxy', image: 'p:1' }] } },
      },
    };
    const both = serverSideApply(
      base,
      sidecar,
      deploymentSchema,
      options('two'),
    );
    const names = (o: any) =>
      o.spec.template.spec.containers.map((c: any) => c.name);
    expect(names(both)).toEqual(['a', 'b', 'proxy']);
    const fewer = serverSideApply(
      both,
      deploy([{ name: 'a', image: 'a:2' }]),
      deploymentSchema,
      options('one'),
    );
    expect(fewer.spec.template.spec.containers).toEqual([
      { name: 'a', image: 'a:2' },
      { name: 'proxy', image: 'p:1' },
    ]);
  });

  it('moves ownership to whoever updates a field', () => {
    const before = apply(made({ host: 'reviews' }), {
      trafficPolicy: failover,
    });
    const after = JSON.parse(JSON.stringify(before));
    after.spec.trafficPolicy.outlierDetection.interval = '9s';
    recordUpdate(before, after, rule, {
      manager: 'console',
      apiVersion: 'networking.istio.io/v1',
    });
    expect(managersOf(after)).toEqual([
      'kubectl Update',
      'mesh-dr Apply',
      'console Update',
    ]);
    expect(() => apply(after, { trafficPolicy: failover })).toThrow(
      expect.objectContaining({ code: 409 }),
    );
  });
});
