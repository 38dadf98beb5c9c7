import { KINDS, type FaultApi, type FaultKind, type FaultRule } from './rule';

/** A rule that cannot be used; the message names the field, its value, the reason and the remedy. */
export class FaultRuleError extends Error {}

const VERBS = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
];

type Check = (value: unknown) => string | undefined;

const text: Check = value =>
  typeof value === 'string' && value !== '' && value.length <= 200
    ? undefined
    : 'give a text of 1 to 200 characters';

const whole =
  (least: number, most: number): Check =>
  value =>
    Number.isInteger(value) &&
    (value as number) >= least &&
    (value as number) <= most
      ? undefined
      : `give a whole number from ${least} to ${most}`;

const oneOf =
  (allowed: readonly string[]): Check =>
  value =>
    allowed.includes(value as string)
      ? undefined
      : `give one of ${allowed.join(', ')}`;

const DAY_MS = 24 * 3600_000;
const COUNT = whole(1, 1_000_000_000);

/** Every field: what it may hold, and where it means something. */
const FIELDS: Record<
  Exclude<keyof FaultRule, 'api' | 'kind'>,
  { check: Check; api?: FaultApi; kinds?: FaultKind[] }
> = {
  id: { check: text },
  product: { check: text, api: 'openapi' },
  operation: { check: text, api: 'openapi' },
  region: { check: text },
  resource: { check: text },
  cluster: { check: text, api: 'kubernetes' },
  verb: { check: oneOf(VERBS), api: 'kubernetes' },
  namespace: { check: text, api: 'kubernetes' },
  name: { check: text, api: 'kubernetes' },
  probability: {
    check: value =>
      typeof value === 'number' && value > 0 && value <= 1
        ? undefined
        : 'give a number above 0 and at most 1',
  },
  nth: { check: COUNT },
  every: { check: COUNT },
  first: { check: COUNT },
  after: { check: COUNT },
  times: { check: COUNT },
  status: { check: whole(400, 599), kinds: ['throttle', 'error', 'expired'] },
  code: {
    check: text,
    api: 'openapi',
    kinds: ['throttle', 'error', 'expired'],
  },
  message: { check: text, kinds: ['throttle', 'error', 'expired'] },
  body: { check: oneOf(['json', 'html']), kinds: ['error'] },
  delayMs: { check: whole(1, DAY_MS) },
  retryAfterSeconds: {
    check: whole(0, 3600),
    api: 'kubernetes',
    kinds: ['throttle'],
  },
  lagMs: { check: whole(1, DAY_MS), kinds: ['stale'] },
  skewMs: { check: whole(-DAY_MS, DAY_MS), kinds: ['clock-skew'] },
};

/** Other names of fields, which the first rules had. */
const ALIASES: Record<string, string> = {
  action: 'operation',
  regionId: 'region',
};

const NEEDED: Partial<Record<FaultKind, keyof FaultRule>> = {
  slow: 'delayMs',
  stale: 'lagMs',
  'clock-skew': 'skewMs',
};

/**
 * Turns what somebody wrote into a rule without an id of its own, or with the given one.
 * @param where how messages name the rule, e.g. `faults[2]`
 * @throws FaultRuleError
 */
export function checkRule(
  value: unknown,
  where: string,
): Omit<FaultRule, 'id'> & { id?: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FaultRuleError(
      `${where} is ${JSON.stringify(
        value,
      )}: a fault is an object; give at least its kind`,
    );
  }
  const given: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined && item !== null) given[ALIASES[key] ?? key] = item;
  }
  const fail = (field: string, reason: string, remedy: string): never => {
    throw new FaultRuleError(
      `${where}.${field} is ${JSON.stringify(
        given[field],
      )}: ${reason}; ${remedy}`,
    );
  };
  const { api = 'openapi', kind } = given;
  const wrongApi = oneOf(['openapi', 'kubernetes'])(api);
  if (wrongApi) fail('api', 'there is no such API', wrongApi);
  const kinds = Object.entries(KINDS)
    .filter(([, apis]) => (apis as readonly unknown[]).includes(api))
    .map(([name]) => name);
  const wrongKind = oneOf(kinds)(kind);
  if (wrongKind) fail('kind', `the ${api} API has no such fault`, wrongKind);
  for (const [field, item] of Object.entries(given)) {
    if (field === 'api' || field === 'kind') continue;
    const known = Object.hasOwn(FIELDS, field)
      ? FIELDS[field as keyof typeof FIELDS]
      : fail(
          field,
          'a fault has no such field',
          `give only ${Object.keys(FIELDS).join(', ')}`,
        );
    const wrong = known.check(item);
    if (wrong) fail(field, 'it cannot be used', wrong);
    if (known.api && known.api !== api) {
      fail(field, `it means nothing to the ${api} API`, 'leave it out');
    }
    if (known.kinds && !known.kinds.includes(kind as FaultKind)) {
      fail(
        field,
        `it means nothing to a fault of kind ${kind}`,
        'leave it out',
      );
    }
  }
  const needed = NEEDED[kind as FaultKind];
  if (needed && given[needed] === undefined) {
    fail(needed, `a fault of kind ${kind} needs it`, 'give milliseconds');
  }
  return { ...given, api, kind } as Omit<FaultRule, 'id'>;
}
