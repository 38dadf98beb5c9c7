import fc from 'fast-check';
import type { KubeObject } from '../contract';
import { byLabel, byNode, byOwner } from './indexes';
import { clone, deepFreeze, equal } from './json';
import { shared } from './sharing';
import { ObjectTable } from './table';

const pod = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    namespace: fc.constantFrom('one', 'two'),
    app: fc.constantFrom('x', 'y'),
    node: fc.constantFrom('', 'n1', 'n2'),
    owner: fc.constantFrom('o1', 'o2'),
  })
  .map(
    ({ name, namespace, app, node, owner }): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace,
        labels: { app },
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'ReplicaSet',
            name: owner,
            uid: owner,
          },
        ],
      },
      spec: node ? { nodeName: node } : {},
    }),
  );

const keyOf = ({ metadata }: KubeObject) =>
  `${metadata.namespace}/${metadata.name}`;
const keys = (objects: KubeObject[]) => objects.map(keyOf).sort();

describe('ObjectTable', () => {
  it('finds by name, namespace and index what a walk over everything finds, in order', () => {
    const step = fc.record({ object: pod, remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const table = new ObjectTable();
        const plain = new Map<string, KubeObject>();
        for (const { object, remove } of steps) {
          const { namespace, name } = object.metadata;
          if (remove) {
            table.delete(namespace, name);
            plain.delete(keyOf(object));
          } else {
            table.set(object);
            plain.set(keyOf(object), object);
          }
        }
        const all = [...plain.values()];
        expect(table.list().map(keyOf)).toEqual(keys(all));
        expect(table.list('one').map(keyOf)).toEqual(
          keys(all.filter(o => o.metadata.namespace === 'one')),
        );
        expect(keys(table.indexed(byNode('n1')))).toEqual(
          keys(all.filter(o => o.spec.nodeName === 'n1')),
        );
        expect(keys(table.indexed(byOwner('o1')))).toEqual(
          keys(all.filter(o => o.metadata.ownerReferences![0].uid === 'o1')),
        );
        expect(table.count(byLabel('two', 'app', 'x'))).toBe(
          all.filter(
            o =>
              o.metadata.namespace === 'two' && o.metadata.labels!.app === 'x',
          ).length,
        );
      }),
    );
  });
});

describe('shared', () => {
  it('equals what it was given, is frozen, and is the earlier value when nothing changed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const previous = deepFreeze(clone(a));
        expect(equal(shared(clone(b), previous), b)).toBe(true);
        expect(shared(clone(a), previous)).toBe(previous);
        expect(Object.isFrozen(shared(clone(b), previous))).toBe(true);
      }),
    );
  });

  it('keeps the parts that did not change', () => {
    const previous = deepFreeze({ spec: { a: [1, 2] }, status: { n: 1 } });
    const next = shared({ spec: { a: [1, 2] }, status: { n: 2 } }, previous);
    expect(next.spec).toBe(previous.spec);
    expect(next.status).toEqual({ n: 2 });
    expect(shared({ spec: { a: [1] }, gone: undefined }, previous)).toEqual({
      spec: { a: [1] },
    });
  });
});
