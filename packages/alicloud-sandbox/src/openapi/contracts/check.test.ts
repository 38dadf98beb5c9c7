import { ApiError } from '../errors';
import type { Contract } from '.';
import { checkRoaParameters, checkRpcParameters } from './check';

const rpc: Contract = {
  parameters: {
    RegionId: 'string',
    PageSize: 'integer',
    OwnerId: 'long',
    Share: 'number',
    DryRun: 'boolean',
    ResourceId: ['string'],
    Tag: [{ Key: 'string', Value: 'string', Weight: 'integer' }],
    Filter: [{ Key: 'string', Value: ['string'] }],
    Options: { Mode: 'boolean' },
    VSwitches: { $json: ['string'] },
  },
  required: ['RegionId', 'ResourceId'],
  response: {},
};

const roa: Contract = {
  method: 'POST',
  path: '/clusters',
  parameters: {
    name: 'string',
    count: 'integer',
    flag: 'boolean',
    zones: ['string'],
    pools: [{ size: 'integer', labels: { '*': 'string' } }],
  },
  response: {},
};

function refusal(check: () => void): string {
  try {
    check();
  } catch (error) {
    if (error instanceof ApiError) return `${error.code} ${error.message}`;
    throw error;
  }
  return '';
}

describe('the parameters of an RPC call', () => {
  const check = (more: Record<string, string>) =>
    refusal(() =>
      checkRpcParameters(
        rpc,
        new Map(
          Object.entries({ RegionId: 'r', 'ResourceId.1': 'a', ...more }),
        ),
      ),
    );

  it.each([
    [{}],
    [{ PageSize: '10', OwnerId: '1250123456123456', Share: '0.5' }],
    [{ DryRun: 'True', 'Tag.1.Key': 'k', 'Tag.1.Value': '' }],
    [{ 'Filter.1.Key': 'CenId', 'Filter.1.Value.1': 'cen-1' }],
    [{ 'Options.Mode': 'false', VSwitches: '["vsw-1"]' }],
    [{ Undocumented: 'x', 'Undocumented.x.y': '1' }],
    [{ PageSize: '', DryRun: '', Tag: '' }],
  ])('may be %j', more => {
    expect(check(more as Record<string, string>)).toBe('');
  });

  it.each([
    [{ PageSize: 'ten' }, 'InvalidPageSize'],
    [{ PageSize: '1.5' }, 'InvalidPageSize'],
    [{ PageSize: '2147483648' }, 'InvalidPageSize'],
    [{ OwnerId: '9223372036854775808' }, 'InvalidOwnerId'],
    [{ Share: 'half' }, 'InvalidShare'],
    [{ DryRun: 'yes' }, 'InvalidDryRun'],
    [{ Tag: 'k=v' }, 'InvalidTag'],
    [{ 'Tag.Key': 'k' }, 'InvalidTag'],
    [{ 'Tag.0.Key': 'k' }, 'InvalidTag'],
    [{ 'Tag.1.Weight': 'heavy' }, 'InvalidTag'],
    [{ 'ResourceId.one': 'a' }, 'InvalidResourceId'],
    [{ 'RegionId.1': 'r' }, 'InvalidRegionId'],
    [{ 'Filter.1.Value': 'cen-1' }, 'InvalidFilter'],
    [{ Options: 'x' }, 'InvalidOptions'],
    [{ VSwitches: 'vsw-1' }, 'InvalidVSwitches'],
    [{ VSwitches: '{}' }, 'InvalidVSwitches'],
    [{ RegionId: '' }, 'MissingRegionId'],
  ])('may not be %j', (more, code) => {
    const [got] = check(more as Record<string, string>).split(' ');
    expect(got).toBe(code);
  });

  it('must be given when they are mandatory, by the gateway’s words', () => {
    expect(refusal(() => checkRpcParameters(rpc, new Map()))).toBe(
      'MissingRegionId RegionId is mandatory for this action.',
    );
    expect(
      refusal(() => checkRpcParameters(rpc, new Map([['RegionId', 'r']]))),
    ).toContain('MissingResourceId');
  });

  it('are refused by name, value and reason', () => {
    expect(check({ 'Tag.2.Weight': 'heavy' })).toBe(
      "InvalidTag Specified parameter Tag is not valid: Tag.2.Weight: 'heavy' is not an integer.",
    );
  });
});

describe('the parameters of an ROA call', () => {
  const post = (body: Record<string, unknown>) =>
    refusal(() => checkRoaParameters(roa, new URLSearchParams(), body));
  const get = (query: Record<string, string>) =>
    refusal(() =>
      checkRoaParameters(
        { ...roa, method: 'GET', required: ['name'] },
        new URLSearchParams(query),
        {},
      ),
    );

  it('are typed in the body', () => {
    const good = {
      name: 'n',
      count: 2,
      flag: true,
      zones: ['a'],
      pools: [{ size: 1, labels: { any: 'value' } }],
      unknown: {},
    };
    expect(post(good)).toBe('');
    expect(post({ ...good, name: 26, zones: null })).toBe('');
    expect(post({ count: '2' })).toContain('Invalidcount');
    expect(post({ flag: 'true' })).toContain('Invalidflag');
    expect(post({ zones: 'a' })).toContain('Invalidzones');
    expect(post({ pools: [{ size: 1 }, { size: 'x' }] })).toContain(
      'pools[1].size: an integer is expected',
    );
  });

  it('are typed in the query, where lists are JSON', () => {
    expect(get({ name: 'n', count: '2', zones: '["a"]' })).toBe('');
    expect(get({})).toContain('Missingname');
    expect(get({ name: 'n', count: 'x' })).toContain('Invalidcount');
    expect(get({ name: 'n', zones: 'a' })).toContain('Invalidzones');
  });
});
