import type { KubeObject } from '../../contract';
import { selectDestinationRule } from './destinationRules';

const HOST = 'reviews.default.svc.cluster.local';

const rule = (
  namespace: string,
  name: string,
  spec: unknown,
  created = '2026-01-01T00:00:00Z',
): KubeObject => ({
  apiVersion: 'networking.istio.io/v1beta1',
  kind: 'DestinationRule',
  metadata: { name, namespace, creationTimestamp: created },
  spec,
});

/** A rule for the host that says its own name. */
const named = (namespace: string, name: string, spec: object = {}) =>
  rule(namespace, name, {
    host: HOST,
    trafficPolicy: { loadBalancer: { simple: name } },
    ...spec,
  });

const seenBy = (
  rules: KubeObject[],
  namespace: string,
  { labels = {}, mergeByExportTo = false } = {},
) =>
  selectDestinationRule(
    rules,
    { namespace, labels },
    { host: HOST, namespace: 'default' },
    mergeByExportTo,
  )?.trafficPolicy?.loadBalancer?.simple;

describe('selectDestinationRule', () => {
  it('prefers the client namespace, then the service namespace, then the root', () => {
    const rules = [
      rule('istio-system', 'root', {
        host: '*.svc.cluster.local',
        trafficPolicy: { loadBalancer: { simple: 'root' } },
      }),
      rule('default', 'service', {
        host: 'reviews',
        trafficPolicy: { loadBalancer: { simple: 'service' } },
      }),
      rule('client', 'client', {
        host: HOST,
        trafficPolicy: { loadBalancer: { simple: 'client' } },
      }),
    ];
    const seen = (namespace: string, all = rules) =>
      selectDestinationRule(
        all,
        { namespace, labels: {} },
        { host: HOST, namespace: 'default' },
      )?.trafficPolicy?.loadBalancer?.simple;
    expect(seen('client')).toBe('client');
    expect(seen('other')).toBe('service');
    expect(seen('istio-system')).toBe('service');
    expect(seen('other', rules.slice(0, 1))).toBe('root');
    rules[1].spec.exportTo = ['.'];
    expect(seen('other')).toBe('root');
    expect(seen('default')).toBe('service');
  });

  it('merges rules for one host, the oldest first', () => {
    const merged = selectDestinationRule(
      [
        rule(
          'default',
          'b',
          {
            host: 'reviews',
            subsets: [
              { name: 'v2', labels: { version: 'late' } },
              { name: 'v3' },
            ],
          },
          '2026-02-01T00:00:00Z',
        ),
        rule('default', 'a', {
          host: HOST,
          subsets: [{ name: 'v2', labels: { version: 'v2' } }],
        }),
      ],
      { namespace: 'default', labels: {} },
      { host: HOST, namespace: 'default' },
    )!;
    expect(merged.subsets).toEqual([
      { name: 'v2', labels: { version: 'v2' } },
      { name: 'v3', labels: {} },
    ]);
  });

  it('keeps to private rules in the root namespace before the service, to public ones after', () => {
    const rules = [
      named('istio-system', 'public'),
      named('istio-system', 'private', { exportTo: ['.'] }),
      named('default', 'service'),
    ];
    expect(seenBy(rules, 'istio-system')).toBe('private');
    expect(seenBy([rules[0], rules[2]], 'istio-system')).toBe('service');
    expect(seenBy(rules, 'other')).toBe('service');
  });

  it('stops at the most specific host even if that rule is exported to others', () => {
    const rules = [
      named('default', 'exact', { exportTo: ['ops'] }),
      named('default', 'wide', { host: '*.default.svc.cluster.local' }),
      named('istio-system', 'root', { host: '*.local' }),
    ];
    expect(seenBy(rules, 'other')).toBe('root');
    expect(seenBy(rules, 'ops')).toBe('exact');
    expect(seenBy(rules, 'default')).toBe('wide');
  });

  it('keeps rules of unequal exportTo apart since 1.24, and uses the youngest', () => {
    const rules = [
      named('default', 'a'),
      named('default', 'b', { exportTo: ['*'] }),
    ];
    expect(seenBy(rules, 'other')).toBe('a');
    expect(seenBy(rules, 'other', { mergeByExportTo: true })).toBe('b');
  });

  it('prefers the rule for selected pods', () => {
    const rules = [
      named('other', 'all'),
      named('other', 'some', {
        workloadSelector: { matchLabels: { app: 'shop' } },
      }),
    ];
    expect(seenBy(rules, 'other', { labels: { app: 'shop' } })).toBe('some');
    expect(seenBy(rules, 'other', { labels: { app: 'till' } })).toBe('all');
  });
});
