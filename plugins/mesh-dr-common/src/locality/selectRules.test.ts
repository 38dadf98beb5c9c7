import type { DestinationRuleLike } from './destinationRule';
import { selectRules, subsetLabels } from './selectRules';

const host = 'reviews.default.svc.cluster.local';
let born = 0;

/** Each rule is a day younger than the one before it. */
function rule(
  name: string,
  spec: Partial<DestinationRuleLike['spec']> & { namespace?: string } = {},
): DestinationRuleLike {
  const { namespace = 'default', ...rest } = spec;
  born++;
  const creationTimestamp = new Date(Date.UTC(2025, 0, born)).toISOString();
  return {
    metadata: { name, namespace, creationTimestamp },
    spec: { host, trafficPolicy: {}, ...rest },
  };
}

const select = (
  destinationRules: DestinationRuleLike[],
  options: {
    callerNamespace?: string;
    callerLabels?: Record<string, string>;
    mergeByExportTo?: boolean;
  } = {},
) =>
  selectRules({
    callerNamespace: 'web',
    service: { namespace: 'default', name: 'reviews' },
    destinationRules,
    ...options,
  });

const names = (selected: ReturnType<typeof select>) =>
  selected.chosen.map(({ metadata }) => metadata.name);

describe('selectRules', () => {
  it('does not apply a rule at home whose exportTo leaves its own namespace out', () => {
    const away = rule('away', { exportTo: ['web'] });
    expect(names(select([away]))).toEqual(['away']);
    const home = select([away], { callerNamespace: 'default' });
    expect(home.chosen).toEqual([]);
    expect(home.shadowed[0].reason).toContain('exportTo ["web"]');
  });

  it('hides a rule exported to nobody', () => {
    const none = rule('none', { exportTo: ['~'] });
    expect(select([none], { callerNamespace: 'default' }).chosen).toEqual([]);
    expect(select([none]).chosen).toEqual([]);
  });

  describe('for a gateway in the root namespace', () => {
    const callerNamespace = 'istio-system';
    const everywhere = rule('everywhere', {
      namespace: 'istio-system',
      host: '*.local',
    });
    const own = rule('own');
    const secret = rule('secret', {
      namespace: 'istio-system',
      exportTo: ['.'],
    });

    it("prefers the service's rule to a public one of the root namespace", () => {
      expect(names(select([everywhere, own], { callerNamespace }))).toEqual([
        'own',
      ]);
      expect(names(select([everywhere], { callerNamespace }))).toEqual([
        'everywhere',
      ]);
    });

    it("prefers a private rule of the root namespace to the service's", () => {
      expect(names(select([own, secret], { callerNamespace }))).toEqual([
        'secret',
      ]);
      expect(names(select([own, secret]))).toEqual(['own']);
    });
  });

  it('goes on to the root namespace when the most precise rule is exported to others only', () => {
    const precise = rule('precise', { exportTo: ['ops'] });
    const wide = rule('wide', { host: '*.default.svc.cluster.local' });
    const root = rule('root', { namespace: 'istio-system', host: '*' });
    const selected = select([precise, wide, root]);
    expect(names(selected)).toEqual(['root']);
    expect(selected.namespace).toBe('istio-system');
    expect(
      select([precise, wide]).shadowed.map(({ reason }) => reason),
    ).toEqual([
      expect.stringContaining('exportTo ["ops"]'),
      expect.stringContaining('names the host more precisely'),
    ]);
  });

  it('merges rules of unequal exportTo up to Istio 1.23 only', () => {
    const rules = [rule('first'), rule('second', { exportTo: ['*'] })];
    expect(names(select(rules))).toEqual(['first', 'second']);
    const newer = select(rules, { mergeByExportTo: true });
    expect(names(newer)).toEqual(['second']);
    expect(newer.shadowed).toEqual([
      {
        object: 'DestinationRule default/first',
        reason: expect.stringContaining('since Istio 1.24'),
      },
    ]);
  });

  it('puts the rule for the calling pod before the general one', () => {
    const general = rule('general', { namespace: 'web' });
    const picky = rule('picky', {
      namespace: 'web',
      workloadSelector: { matchLabels: { app: 'shop' } },
    });
    expect(
      names(select([general, picky], { callerLabels: { app: 'shop' } })),
    ).toEqual(['picky', 'general']);
    for (const callerLabels of [undefined, { app: 'other' }]) {
      const selected = select([general, picky], { callerLabels });
      expect(names(selected)).toEqual(['general']);
      expect(selected.shadowed[0].reason).toContain('workloadSelector');
    }
  });

  it('finds the labels of a subset among the rules that apply', () => {
    const subsets = [
      { name: 'v1', labels: { version: 'v1' } },
      { name: 'all' },
    ];
    const hidden = rule('hidden', {
      exportTo: ['ops'],
      subsets: [{ name: 'v2', labels: { version: 'v2' } }],
    });
    const selected = select([rule('a', { subsets })]);
    expect(subsetLabels(selected, 'v1')).toEqual({ version: 'v1' });
    expect(subsetLabels(selected, 'all')).toEqual({});
    expect(subsetLabels(select([hidden]), 'v2')).toBeUndefined();
  });
});
