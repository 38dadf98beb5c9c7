import { versionGates } from '../versions';
import {
  HZ,
  SH,
  service,
  failover,
  distribution,
  detection,
  input,
  meshInput,
  withDetection,
  overridden,
  meshFailover,
  rule,
} from '../__fixtures__/lintBuilders';
import { outageCases, remedies } from '../__fixtures__/outageCases';
import { lintCases } from '../__fixtures__/lintCases';
import { LINT_IDS, lintIntent } from './lint';
import { localityIntentSchema } from './rules';

describe('lintIntent', () => {
  it('has nothing to say about rules in order', () => {
    expect(lintIntent(input(failover()))).toEqual([]);
    expect(lintIntent(input(distribution()))).toEqual([]);
    expect(lintIntent(meshInput(meshFailover()))).toEqual([]);
  });

  it('has a case for every id', () => {
    expect(lintCases.map(({ id }) => id)).toEqual([...LINT_IDS]);
  });

  it.each(lintCases)(
    '$id ($severity)',
    ({ id, severity, trigger, nearMiss }) => {
      const found = lintIntent(trigger).filter(finding => finding.id === id);
      expect(found.length).toBeGreaterThan(0);
      expect(found[0].severity).toBe(severity);
      expect(found[0].message).toMatch(/[.?]$/);
      expect(found[0].evidence).not.toBe('');
      expect(lintIntent(nearMiss).map(finding => finding.id)).not.toContain(id);
    },
  );

  it.each(lintCases)('$id: its fix makes it go away', ({ id, trigger }) => {
    const fixes = lintIntent(trigger).flatMap(finding =>
      finding.id === id && finding.fix ? [finding.fix] : [],
    );
    for (const { intent } of fixes) {
      const after = lintIntent({ ...trigger, intent });
      expect(after.map(finding => finding.id)).not.toContain(id);
      expect(localityIntentSchema.safeParse(intent).error).toBeUndefined();
    }
  });

  it.each([
    'failover-to-itself',
    'weight-zero',
    'weights-sum',
    'failover-and-distribution',
    'unknown-region',
    'missing-outlier-detection',
    'distribution-without-outlier-detection',
    'max-ejection-too-low',
    'no-error-counter',
    'min-health-percent',
    'caller-region-not-covered',
    'connect-timeout-default',
    'connect-timeout-decides',
  ])('%s offers a fix', id => {
    const { trigger } = lintCases.find(entry => entry.id === id)!;
    expect(lintIntent(trigger).find(f => f.id === id)?.fix).toBeDefined();
  });

  it("tells the numbers behind the guide's outlier detection", () => {
    const [finding] = lintIntent(
      input(detection({ maxEjectionPercent: undefined })),
    );
    expect(finding).toMatchObject({
      id: 'max-ejection-too-low',
      values: { cap: 10, total: 4, local: 2, ejected: 0, needed: 50 },
    });
    expect(finding.message).toBe(
      "default/reviews would not leave cn-hangzhou: maxEjectionPercent is not set, so Envoy's default of 10 applies, and of its 4 endpoints Envoy may eject none. At least 50 is needed; 100 is recommended.",
    );
    expect(finding.fix?.intent).toMatchObject({
      outlierDetection: { maxEjectionPercent: 100, consecutive5xxErrors: 1 },
    });
  });

  it('judges the subset that routes name, not the whole service', () => {
    const findings = lintIntent(
      input(failover({ failover: [{ from: HZ, to: SH }] }), {
        services: [
          service({
            subsetsRouted: [
              { name: 'v1', endpoints: [{ region: HZ, total: 2, healthy: 2 }] },
            ],
          }),
        ],
      }),
    );
    expect(findings.map(({ id }) => id)).toContain('target-without-endpoints');
    expect(findings[0].message).toContain('subset v1');
  });

  it('sees a rule hidden from callers in another namespace', () => {
    const hidden = service({
      callerNamespaces: ['default', 'istio-system'],
      destinationRules: [rule({ exportTo: ['.'] })],
    });
    const [finding] = lintIntent(input(failover(), { services: [hidden] }));
    expect(finding.id).toBe('rule-not-obeyed');
    expect(finding.message).toContain('exportTo ["."]');
  });

  it('sees a rule of the caller namespace that goes first', () => {
    const services = [
      service({
        callerNamespaces: ['web'],
        destinationRules: [rule({ trafficPolicy: {} }, 'web')],
      }),
    ];
    const [finding] = lintIntent(input(failover(), { services }));
    expect(finding.id).toBe('rule-not-obeyed');
    expect(finding.message).toContain('DestinationRule web/reviews');
  });

  it('refuses a mesh-wide rule that no service would heed', () => {
    const none = lintIntent(
      meshInput(meshFailover(), { services: [service()] }),
    );
    expect(none[0]).toMatchObject({
      id: 'missing-outlier-detection',
      severity: 'refuse',
    });
    const some = lintIntent(
      meshInput(meshFailover(), {
        services: [{ ...service(), name: 'ratings' }, withDetection('reviews')],
      }),
    );
    expect(
      some.find(({ id }) => id === 'missing-outlier-detection')?.severity,
    ).toBe('warn');
    const hidden = lintIntent(
      meshInput(meshFailover(), { services: [overridden('reviews')] }),
    );
    expect(hidden[0]).toMatchObject({
      id: 'mesh-rule-overridden',
      severity: 'refuse',
    });
  });

  it('says what a connect timeout spares, and nothing general beside it', () => {
    const [{ trigger, nearMiss }, { trigger: retries }] = outageCases;
    const [finding, ...others] = lintIntent(trigger);
    expect(others).toEqual([]);
    expect(finding.message).toBe(
      'If cn-hangzhou is lost and answers nothing, calls to default/reviews wait up to 10.3 s longer and about 51 of 3600 fail; with a connect timeout of 1s they wait up to 1.5 s and about 12 fail.',
    );
    expect(finding.fix?.intent).toMatchObject({
      connectionPool: { connectTimeout: '1s' },
    });
    // The forecast says that it does not matter here.
    expect(lintIntent(nearMiss)).toEqual([]);
    expect(lintIntent(retries)[0].patch).toEqual({
      object: 'VirtualService default/reviews',
      command: 'true',
    });
  });

  it('warns of retries that would save calls which fail for good', () => {
    const [, { trigger }] = outageCases;
    const [{ patch, lost, refused }] =
      trigger.context.services[0].remedies!.retries;
    const now = { ...refused.now, stayingPercent: 100 };
    const [finding] = lintIntent(
      input(failover(), {
        services: [
          service({
            remedies: remedies({
              retries: [{ patch, lost, refused: { ...refused, now } }],
            }),
          }),
        ],
      }),
    );
    expect(finding.severity).toBe('warn');
  });

  it('sorts what refuses to the top', () => {
    const severities = lintIntent(
      input(
        failover({ outlierDetection: undefined, connectionPool: undefined }),
        { nodesWithoutRegion: ['a/b'], currentSetting: meshFailover() },
      ),
    ).map(({ severity }) => severity);
    expect(severities).toEqual(['refuse', 'warn', 'warn', 'inform']);
  });
});

describe('a mesh without services', () => {
  it('is judged by what the rule says', () => {
    const judge = (version: string) =>
      lintIntent({
        target: { scope: 'mesh', meshId: 'm' },
        intent: {
          mode: 'distribution',
          distribute: [{ from: HZ, to: { [HZ]: 90, [SH]: 10 } }],
        },
        context: {
          gates: versionGates(version),
          version,
          services: [],
          callers: [],
          knownRegions: [HZ, SH],
        },
      }).map(({ id, severity }) => [id, severity]);
    expect(judge('v1.21.6.97')).toEqual([['version-gate', 'refuse']]);
    expect(judge('v1.22.6.66')).toEqual([]);
  });
});
