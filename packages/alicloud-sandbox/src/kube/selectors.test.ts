import fc from 'fast-check';
import { KindTable } from './kinds';
import {
  fieldMatcher,
  labelMatcher,
  selectorMatches,
  selectorText,
} from './selectors';

const labelled = (labels: Record<string, string>): any => ({
  metadata: { name: 'x', labels },
});
const key = fc.constantFrom('app', 'version', 'example.com/tier');
const value = fc.constantFrom('', 'a', 'b', 'v1.2_x');
const labelSets = fc.dictionary(key, value);

describe('label selectors', () => {
  it.each([
    ['app=a', { app: 'a' }, true],
    ['app==a,version!=v1', { app: 'a' }, true],
    ['app!=a', {}, true],
    ['app in (a, b),!version', { app: 'b' }, true],
    ['app notin (a)', {}, true],
    ['app notin (a)', { app: 'a' }, false],
    ['example.com/tier', { 'example.com/tier': '' }, true],
    ['!app', { app: '' }, false],
    ['', { any: 'thing' }, true],
  ])('%s on %j is %s', (text, labels, expected) => {
    expect(labelMatcher(text)(labelled(labels as any))).toBe(expected);
  });

  it.each(['app=(', 'a b', '=x', 'app in a', 'app=a=b'])(
    'refuses %s with 400',
    text => {
      expect(() => labelMatcher(text)).toThrow(
        expect.objectContaining({ code: 400 }),
      );
    },
  );

  it('means the same written as text and as an object', () => {
    const expression = fc.record({
      key,
      operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
      values: fc.uniqueArray(fc.constantFrom('a', 'b', 'v1.2_x'), {
        minLength: 1,
      }),
    });
    fc.assert(
      fc.property(
        fc.record({
          matchLabels: labelSets,
          matchExpressions: fc.array(expression, { maxLength: 3 }),
        }),
        labelSets,
        (selector, labels) => {
          expect(labelMatcher(selectorText(selector))(labelled(labels))).toBe(
            selectorMatches(selector, labels),
          );
        },
      ),
    );
  });
});

describe('field selectors', () => {
  const kinds = new KindTable('ack');
  const pods = kinds.find({ group: '', version: 'v1', resource: 'pods' })!;
  const pod: any = {
    metadata: { name: 'p', namespace: 'default' },
    spec: { nodeName: 'n1' },
    status: { phase: 'Running' },
  };

  it.each([
    ['metadata.name=p', true],
    ['spec.nodeName=n1,status.phase!=Failed', true],
    ['spec.nodeName!=n1', false],
    ['spec.hostNetwork=false', true],
  ])('%s is %s', (text, expected) => {
    expect(fieldMatcher(pods, text)(pod)).toBe(expected);
  });

  it('refuses a field that pods cannot be selected by', () => {
    expect(() => fieldMatcher(pods, 'spec.containers=x')).toThrow(
      'field label not supported: spec.containers',
    );
  });
});
