import { parseOptions, valueOf } from './options';

const TABLE = {
  silent: { names: ['-s', '--silent'] },
  limit: { names: ['-m', '--max-time'], value: true as const },
  header: { names: ['-H'], value: true as const },
};

describe('parseOptions', () => {
  it('takes options joined, apart, long and repeated', () => {
    const parsed = parseOptions(
      ['-sm5', '-H', 'a: 1', '--max-time=7', '-Hb: 2', 'url', '--', '-x'],
      TABLE,
    );
    expect(parsed.options.has('silent')).toBe(true);
    expect(valueOf(parsed, 'limit')).toBe('7');
    expect(parsed.options.get('header')).toEqual(['a: 1', 'b: 2']);
    expect(parsed.rest).toEqual(['url', '-x']);
    expect(parsed.unknown).toBeUndefined();
  });

  it('names what it does not know and what lacks a value', () => {
    expect(parseOptions(['--silnt'], TABLE).unknown).toBe('--silnt');
    expect(parseOptions(['-sq'], TABLE).unknown).toBe('-q');
    expect(parseOptions(['-m'], TABLE).incomplete).toBe('-m');
    expect(valueOf(parseOptions([], TABLE), 'limit')).toBeUndefined();
  });
});
