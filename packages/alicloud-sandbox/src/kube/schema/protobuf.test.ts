import fc from 'fast-check';
import { Writer } from 'protobufjs/minimal';
import builtin from './builtin.json';
import goTypes from './goTypes.json';
import { goField, goStruct, keyOfModel } from './goTypes';
import {
  decodeProtobuf,
  MalformedProtobuf,
  UnknownProtobufKind,
} from './protobuf';

/** A body as kubectl sends it. */
function envelope(apiVersion: string, kind: string, raw: Uint8Array): Buffer {
  const typeMeta = new Writer();
  typeMeta.uint32(10).string(apiVersion).uint32(18).string(kind);
  const unknown = new Writer();
  unknown.uint32(10).bytes(typeMeta.finish()).uint32(18).bytes(raw);
  unknown.uint32(26).string('').uint32(34).string('');
  return Buffer.concat([Buffer.from('k8s\0'), unknown.finish()]);
}

const nested = (tag: number, bytes: Uint8Array) =>
  new Writer()
    .uint32(tag * 8 + 2)
    .bytes(bytes)
    .finish();
const text = (tag: number, value: string) =>
  new Writer()
    .uint32(tag * 8 + 2)
    .string(value)
    .finish();
const integer = (tag: number, value: number) =>
  new Writer()
    .uint32(tag * 8)
    .int32(value)
    .finish();
const all = (...parts: Uint8Array[]) => Buffer.concat(parts);

function shapeOf(modelType: string) {
  if (modelType.startsWith('Array')) return 'list';
  return modelType.startsWith('{') ? 'map' : 'one';
}

/** How decoding ends: with the kind, or the class of the error. */
function outcome(body: Buffer): string {
  try {
    return decodeProtobuf(body).kind;
  } catch (error) {
    return (error as Error).constructor.name;
  }
}

describe('the table of Go types', () => {
  it('has every field of the client library’s models, with the same kind of type', () => {
    const missing: string[] = [];
    let compared = 0;
    for (const [model, fields] of Object.entries(builtin)) {
      const key = keyOfModel(model);
      if (!key) {
        missing.push(model);
        continue;
      }
      for (const [name, type] of Object.entries(fields)) {
        if (name === 'apiVersion' || name === 'kind') continue;
        const found = goField(key, name);
        compared += 1;
        const shape = shapeOf(type);
        expect([
          key,
          name,
          found?.type === 'FieldsV1' ? 'one' : found?.shape,
        ]).toEqual([key, name, shape]);
      }
    }
    expect(missing).toEqual([]);
    expect(compared).toBeGreaterThan(800);
  });
});

describe('decoding protobuf', () => {
  it('gives an object the form that JSON has', () => {
    const container = all(
      text(1, 'web'),
      text(2, 'nginx'),
      nested(8, new Uint8Array()),
      text(14, ''),
    );
    const template = all(
      nested(1, all(text(1, ''), nested(8, new Uint8Array()))),
      nested(2, nested(2, container)),
    );
    const spec = all(
      integer(1, 0),
      nested(3, template),
      nested(
        4,
        nested(2, nested(1, all(integer(1, 1), integer(2, 0), text(3, '25%')))),
      ),
      integer(5, 0),
      integer(7, 0),
    );
    const label = (name: string, value: string) =>
      nested(11, all(text(1, name), text(2, value)));
    const metadata = all(
      text(1, 'web'),
      nested(
        8,
        new Writer()
          .uint32(8)
          .int64(1_750_000_000)
          .uint32(16)
          .int32(0)
          .finish(),
      ),
      label('app', 'web'),
      label('__proto__', 'x'),
    );
    const decoded = decodeProtobuf(
      envelope(
        'apps/v1',
        'Deployment',
        all(nested(1, metadata), nested(2, spec)),
      ),
    );
    expect(JSON.parse(JSON.stringify(decoded))).toEqual(
      JSON.parse(`{
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "web", "creationTimestamp": "2025-06-15T15:06:40Z", "labels": { "app": "web", "__proto__": "x" } },
        "spec": {
          "replicas": 0,
          "template": {
            "metadata": { "creationTimestamp": null },
            "spec": { "containers": [{ "name": "web", "image": "nginx", "resources": {} }] }
          },
          "strategy": { "rollingUpdate": { "maxUnavailable": "25%" } }
        }
      }`),
    );
  });

  it('reads bytes, inlined structs and negative numbers', () => {
    const entry = (name: string, value: Uint8Array) =>
      nested(2, all(text(1, name), nested(2, value)));
    expect(
      decodeProtobuf(
        envelope('v1', 'Secret', entry('a', Buffer.from([0, 255]))),
      ),
    ).toMatchObject({ data: { a: 'AP8=' } });
    const volume = all(
      text(1, 'v'),
      nested(2, nested(19, nested(1, text(1, 'cm')))),
    );
    const pod = decodeProtobuf(
      envelope('v1', 'Pod', nested(2, all(nested(1, volume), integer(4, -1)))),
    );
    expect(pod.spec).toEqual({
      volumes: [{ name: 'v', configMap: { name: 'cm' } }],
      terminationGracePeriodSeconds: -1,
    });
  });

  it('refuses other kinds and broken bytes by name', () => {
    expect(() =>
      decodeProtobuf(
        envelope('networking.istio.io/v1', 'DestinationRule', new Uint8Array()),
      ),
    ).toThrow(UnknownProtobufKind);
    expect(() => decodeProtobuf(Buffer.from('{}'))).toThrow('expected prefix');
    expect(() => decodeProtobuf(envelope('v1', 'Pod', integer(1, 7)))).toThrow(
      'wrong wireType = 0 for field metadata',
    );
    expect(() =>
      decodeProtobuf(envelope('v1', 'Pod', Buffer.from([10, 200]))),
    ).toThrow(MalformedProtobuf);
  });

  it('survives whatever bytes come', () => {
    const kinds = Object.keys(goTypes).filter(k =>
      goStruct(k)!.byName.has('metadata'),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.uint8Array({ maxLength: 200 }),
        (key, bytes) => {
          const [group, version, kind] = key.split('.');
          const apiVersion = group === 'core' ? version : `${group}/${version}`;
          expect([kind, 'MalformedProtobuf']).toContain(
            outcome(envelope(apiVersion, kind, bytes)),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('survives one changed byte in a good message', () => {
    const good = envelope(
      'v1',
      'ConfigMap',
      all(nested(1, text(1, 'a')), nested(2, all(text(1, 'k'), text(2, 'v')))),
    );
    expect(outcome(good)).toBe('ConfigMap');
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const body = Buffer.from(good);
        body[at] = byte;
        expect([
          'ConfigMap',
          'MalformedProtobuf',
          'UnknownProtobufKind',
        ]).toContain(outcome(body));
      }),
      { numRuns: 2000 },
    );
  });
});
