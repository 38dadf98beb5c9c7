import {
  createChangeRequestSchema,
  createGrantRequestSchema,
  localityIntentSchema,
  parseDuration,
  previewRequestSchema,
  ruleTargetSchema,
  verificationRequestSchema,
} from './rules';

const messages = (result: { error?: { issues: { message: string }[] } }) =>
  (result.error?.issues ?? []).map(({ message }) => message).join('\n');

describe('parseDuration', () => {
  it.each([
    ['30s', 30000],
    ['1m', 60000],
    ['1m30s', 90000],
    ['500ms', 500],
    ['0.5s', 500],
    ['1h', 3600000],
  ])('%s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each(['', '30', 's', '-1s', '1 s', '30 seconds', '0s', '0.1ms'])(
    'refuses "%s"',
    text => {
      expect(() => parseDuration(text)).toThrow(RangeError);
    },
  );
});

describe('localityIntentSchema', () => {
  it.each([
    [{ mode: 'off' }],
    [
      {
        mode: 'failover',
        failover: [
          { from: 'cn-hangzhou', to: 'cn-shanghai' },
          { from: 'cn-shanghai', to: 'cn-hangzhou' },
        ],
        outlierDetection: {
          consecutive5xxErrors: 1,
          interval: '1s',
          baseEjectionTime: '1m',
          maxEjectionPercent: 100,
        },
        connectionPool: { maxRequestsPerConnection: 1, connectTimeout: '1s' },
      },
    ],
    [
      {
        mode: 'distribution',
        distribute: [
          { from: 'cn-hangzhou', to: { 'cn-hangzhou': 90, 'cn-shanghai': 10 } },
        ],
      },
    ],
  ])('accepts %j', intent => {
    expect(localityIntentSchema.parse(intent)).toEqual(intent);
  });

  it.each([
    [
      { mode: 'on' },
      /needs a mode: "off", "failover", "distribution" or "evacuation"/,
    ],
    [undefined, /missing/],
    [
      { mode: 'failover', failover: [{ from: 'cn-a', to: 'cn-a' }] },
      /failover.to is "cn-a", the same region/,
    ],
    [{ mode: 'failover', failover: [] }, /failover is empty/],
    [
      { mode: 'failover', failover: [{ from: 'cn-a/*', to: 'cn-b' }] },
      /failover.from is "cn-a\/\*", but only a region name/,
    ],
    [
      {
        mode: 'failover',
        failover: [
          { from: 'cn-a', to: 'cn-b' },
          { from: 'cn-a', to: 'cn-c' },
        ],
      },
      /failover\[1\].from is "cn-a", which an earlier entry names/,
    ],
    [
      {
        mode: 'distribution',
        distribute: [{ from: 'a', to: { a: 90, b: 9 } }],
      },
      /weights sum to 99, but .* 100/,
    ],
    [
      {
        mode: 'distribution',
        distribute: [{ from: 'a', to: { a: 100, b: 0 } }],
      },
      /weight is 0, but must be a whole number from 1 to 100/,
    ],
    [
      {
        mode: 'distribution',
        distribute: [{ from: 'a', to: { a: 99.5, b: 0.5 } }],
      },
      /weight is 99.5, but must be a whole number/,
    ],
    [
      {
        mode: 'distribution',
        distribute: [{ from: 'a', to: { a: 100 } }],
        failover: [{ from: 'a', to: 'b' }],
      },
      /failover/,
    ],
    [
      {
        mode: 'failover',
        failover: [{ from: 'a', to: 'b' }],
        outlierDetection: { maxEjectionPercent: 101 },
      },
      /maxEjectionPercent is 101, but must be a whole number from 0 to 100/,
    ],
    [
      {
        mode: 'failover',
        failover: [{ from: 'a', to: 'b' }],
        outlierDetection: { interval: '1' },
      },
      /"1" is no duration/,
    ],
  ])('refuses %j', (intent, message) => {
    expect(messages(localityIntentSchema.safeParse(intent))).toMatch(message);
  });
});

describe('request schemas', () => {
  const target = {
    scope: 'service',
    meshId: 'c1',
    namespace: 'default',
    name: 'reviews',
  };

  it('accepts targets and refuses names that cannot exist', () => {
    expect(ruleTargetSchema.safeParse(target).success).toBe(true);
    expect(
      messages(ruleTargetSchema.safeParse({ ...target, name: 'Re views' })),
    ).toMatch(/target.name is "Re views", which is no Kubernetes name/);
    expect(messages(ruleTargetSchema.safeParse({ scope: 'all' }))).toMatch(
      /"mesh" or "service"/,
    );
  });

  it('wants a reason for a change', () => {
    const body = { target, intent: { mode: 'off' } };
    expect(previewRequestSchema.safeParse(body).success).toBe(true);
    expect(messages(createChangeRequestSchema.safeParse(body))).toMatch(
      /reason is missing/,
    );
    expect(
      messages(createChangeRequestSchema.safeParse({ ...body, reason: '  ' })),
    ).toMatch(/reason is empty/);
    expect(
      createChangeRequestSchema.parse({ ...body, reason: ' drill ' }).reason,
    ).toBe('drill');
  });

  it('bounds verification and keeps its path on the gateway', () => {
    const base = { meshId: 'c1', namespace: 'default', name: 'reviews' };
    expect(
      verificationRequestSchema.safeParse({ ...base, requests: 2000 }).success,
    ).toBe(true);
    for (const requests of [0, 2001, 1.5]) {
      expect(
        messages(verificationRequestSchema.safeParse({ ...base, requests })),
      ).toMatch(/requests is .* from 1 to 2000/);
    }
    for (const path of [
      '//evil/x',
      'http://evil',
      '/a b',
      '/\\evil',
      '/a\r\n',
    ]) {
      expect(
        verificationRequestSchema.safeParse({ ...base, requests: 1, path })
          .success,
      ).toBe(false);
    }
  });

  it('bounds grants', () => {
    const base = { environment: 'guide', operations: ['cluster.join'] };
    expect(createGrantRequestSchema.safeParse(base).success).toBe(true);
    expect(
      messages(
        createGrantRequestSchema.safeParse({ ...base, durationMinutes: 4 }),
      ),
    ).toMatch(/durationMinutes is 4/);
    expect(
      messages(
        createGrantRequestSchema.safeParse({ ...base, operations: ['root'] }),
      ),
    ).toMatch(/"root", which is no operation/);
  });
});
