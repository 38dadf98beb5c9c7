import fc from 'fast-check';
import { equal } from '../json';
import { builtinSchema } from '../schema/builtin';
import { fieldsOf, fromFieldsV1, toFieldsV1 } from './fields';
import { jsonPatch } from './jsonPatch';
import { mergePatch } from './merge';
import { strategicMerge } from './strategic';

const pod = builtinSchema('V1Pod');
const json = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.array(fc.integer(), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value')),
})).object as fc.Arbitrary<Record<string, any>>;

/** The merge patch that leads from one object to another. */
function difference(from: any, to: any): any {
  const record = (v: any) =>
    typeof v === 'object' && v !== null && !Array.isArray(v);
  if (!record(from) || !record(to)) return to;
  const out: any = {};
  for (const k of Object.keys(from)) if (!(k in to)) out[k] = null;
  for (const k of Object.keys(to))
    if (!equal(from[k], to[k]))
      out[k] = k in from ? difference(from[k], to[k]) : to[k];
  return out;
}

describe('merge patch', () => {
  it('leads from any object to any other, and leaves its input alone', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        const before = JSON.stringify(from);
        // A value that is no object cannot be emptied key by key, so such patches replace.
        expect(mergePatch(from, difference(from, to))).toEqual(to);
        expect(JSON.stringify(from)).toBe(before);
      }),
    );
  });
});

describe('strategic merge patch', () => {
  const target = {
    spec: {
      nodeSelector: { zone: 'h' },
      containers: [
        {
          name: 'a',
          image: 'a:1',
          env: [
            { name: 'X', value: '1' },
            { name: 'Y', value: '2' },
          ],
          args: ['1', '2'],
        },
        {
          name: 'b',
          image: 'b:1',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
        },
      ],
    },
    metadata: { finalizers: ['one'] },
  };
  const patched = (patch: any) => strategicMerge(target, patch, pod);

  it('merges containers and their lists by key, and replaces lists without one', () => {
    const { spec } = patched({
      spec: {
        containers: [
          {
            name: 'a',
            env: [
              { name: 'Y', value: '3' },
              { name: 'Z', value: '4' },
            ],
            args: ['9'],
          },
        ],
      },
    });
    expect(spec.containers[0]).toEqual({
      name: 'a',
      image: 'a:1',
      args: ['9'],
      env: [
        { name: 'X', value: '1' },
        { name: 'Y', value: '3' },
        { name: 'Z', value: '4' },
      ],
    });
    expect(spec.containers[1]).toEqual(target.spec.containers[1]);
  });

  it('obeys $patch, $retainKeys, $setElementOrder and $deleteFromPrimitiveList', () => {
    expect(
      patched({ spec: { containers: [{ name: 'a', $patch: 'delete' }] } }).spec
        .containers,
    ).toEqual([target.spec.containers[1]]);
    expect(
      patched({
        spec: {
          containers: [{ name: 'c', image: 'c:1' }, { $patch: 'replace' }],
        },
      }).spec.containers,
    ).toEqual([{ name: 'c', image: 'c:1' }]);
    expect(patched({ spec: { $retainKeys: ['nodeSelector'] } }).spec).toEqual({
      nodeSelector: { zone: 'h' },
    });
    expect(
      patched({
        spec: {
          '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
          containers: [{ name: 'b', image: 'b:2' }],
        },
      }).spec.containers.map((c: any) => c.name),
    ).toEqual(['b', 'a']);
    expect(
      patched({ metadata: { '$deleteFromPrimitiveList/finalizers': ['one'] } })
        .metadata.finalizers,
    ).toEqual([]);
    expect(
      patched({ metadata: { finalizers: ['two'] } }).metadata.finalizers,
    ).toEqual(['one', 'two']);
  });

  it('refuses a list element without its key', () => {
    expect(() => patched({ spec: { containers: [{ image: 'x' }] } })).toThrow(
      'does not contain declared merge key: name',
    );
  });

  it('changes nothing when the patch is part of the target', () => {
    expect(patched(target)).toEqual(target);
  });
});

describe('JSON patch', () => {
  it('answers 422 when a test fails or a path is missing', () => {
    const test = [{ op: 'test', path: '/a', value: 2 }];
    expect(() => jsonPatch({ a: 1 }, test)).toThrow(
      expect.objectContaining({ code: 422 }),
    );
    expect(() => jsonPatch({ a: 1 }, [{ op: 'remove', path: '/b' }])).toThrow(
      expect.objectContaining({ code: 422 }),
    );
    expect(
      jsonPatch({ a: 1 }, [{ op: 'add', path: '/b', value: [1] }]),
    ).toEqual({ a: 1, b: [1] });
  });
});

describe('fieldsV1', () => {
  it('survives being written and read', () => {
    fc.assert(
      fc.property(json, value => {
        const fields = fieldsOf(value, { kind: 'any' });
        expect(fromFieldsV1(toFieldsV1(fields))).toEqual(fields);
      }),
    );
  });

  it('names elements of keyed lists by their keys', () => {
    const fields = fieldsOf(
      {
        spec: {
          containers: [
            { name: 'a', image: 'x', ports: [{ containerPort: 80 }] },
          ],
        },
      },
      pod,
    );
    expect(toFieldsV1(fields)).toEqual({
      'f:spec': {
        'f:containers': {
          'k:{"name":"a"}': {
            '.': {},
            'f:name': {},
            'f:image': {},
            'f:ports': {
              'k:{"containerPort":80,"protocol":"TCP"}': {
                '.': {},
                'f:containerPort': {},
              },
            },
          },
        },
      },
    });
  });
});
