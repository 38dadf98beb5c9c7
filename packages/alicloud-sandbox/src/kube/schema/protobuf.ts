import { Reader } from 'protobufjs/minimal';
import { isRecord, timestamp, type Json } from '../json';
import { goStruct, structKey, type GoField } from './goTypes';

const MAGIC = Buffer.from('k8s\0');
/** Deeper than any object of the API; what nests deeper is no object. */
const MAX_DEPTH = 64;

const VARINT = 0;
const BYTES = 2;

/** The bytes are no message of the type that they claim to be. */
export class MalformedProtobuf extends Error {}

/** The kind is one whose protobuf form is not known here. */
export class UnknownProtobufKind extends Error {}

/** Whether a body begins as Kubernetes' protobuf envelope does. */
export function isProtobuf(body: Buffer): boolean {
  return body.subarray(0, MAGIC.length).equals(MAGIC);
}

/**
 * Decodes a body of `application/vnd.kubernetes.protobuf`: an envelope that names the kind, and the object, which comes
 * out in the form that JSON has it.
 * @throws MalformedProtobuf, UnknownProtobufKind
 */
export function decodeProtobuf(body: Buffer): Json {
  if (!isProtobuf(body)) {
    throw new MalformedProtobuf(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  }
  try {
    const { typeMeta, raw } = envelope(body.subarray(MAGIC.length));
    const [apiVersion, kind] = typeMeta;
    const key = structKey(apiVersion, kind);
    if (!key) {
      throw new UnknownProtobufKind(
        `no protobuf form of the kind "${kind}" in version "${apiVersion}" is known`,
      );
    }
    return { apiVersion, kind, ...decodeStruct(new Reader(raw), key, 0) };
  } catch (error) {
    if (error instanceof UnknownProtobufKind) throw error;
    if (error instanceof MalformedProtobuf) throw error;
    // The reader's own: it ran past the end, or met a wire type that does not exist.
    throw new MalformedProtobuf(`proto: ${(error as Error).message}`);
  }
}

/** Calls `take` for each field; what it does not take is skipped. */
function eachField(
  reader: Reader,
  take: (number: number, wire: number) => boolean,
) {
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 0) throw new MalformedProtobuf('proto: illegal tag 0');
    if (!take(tag >>> 3, tag & 7)) reader.skipType(tag & 7);
  }
}

/** `Unknown` of apimachinery: 1 is the kind's name, 2 the object. */
function envelope(bytes: Uint8Array) {
  let typeMeta = ['', ''];
  let raw: Uint8Array = new Uint8Array();
  const reader = new Reader(bytes);
  eachField(reader, (number, wire) => {
    if (wire !== BYTES || number > 2) return false;
    if (number === 1) typeMeta = strings(reader.bytes());
    else raw = reader.bytes();
    return true;
  });
  return { typeMeta, raw };
}

/** The fields 1 and 2 of a message of strings. */
function strings(bytes: Uint8Array): [string, string] {
  const found: [string, string] = ['', ''];
  const reader = new Reader(bytes);
  eachField(reader, (number, wire) => {
    if (wire !== BYTES || number > 2) return false;
    found[number - 1] = reader.string();
    return true;
  });
  return found;
}

const isZero = (value: Json) => value === '' || value === 0 || value === false;

/** The message inside the field that comes next. */
const inside = (reader: Reader) => new Reader(reader.bytes());

function decodeStruct(reader: Reader, key: string, depth: number): Json {
  if (depth > MAX_DEPTH) {
    throw new MalformedProtobuf('proto: the message nests too deeply');
  }
  const { byNumber } = goStruct(key)!;
  const out: Record<string, Json> = {};
  eachField(reader, (number, wire) => {
    const field = byNumber.get(number);
    if (!field) return false;
    expectWire(field, wire, key);
    if (field.inlined) {
      Object.assign(out, decodeStruct(inside(reader), field.type, depth + 1));
    } else if (field.shape === 'list') {
      out[field.name] ??= [];
      out[field.name].push(decodeValue(reader, field.type, depth));
    } else if (field.shape === 'map') {
      const [name, value] = decodeEntry(inside(reader), field, depth);
      defineOwn((out[field.name] ??= {}), name, value);
    } else {
      const value = decodeValue(reader, field.type, depth);
      if (!(field.omitEmpty && isZero(value))) out[field.name] = value;
    }
    return true;
  });
  return out;
}

const NUMBERS = new Set(['int32', 'int64', 'bool']);

function expectWire(field: GoField, wire: number, key: string) {
  const wanted =
    field.shape !== 'map' && NUMBERS.has(field.type) ? VARINT : BYTES;
  if (wire !== wanted) {
    throw new MalformedProtobuf(
      `proto: wrong wireType = ${wire} for field ${field.name} of ${key}`,
    );
  }
}

/** A key of a map may be any text, `__proto__` too. */
function defineOwn(target: object, name: string, value: Json) {
  Object.defineProperty(target, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** An entry of a map: 1 is the key, 2 the value. */
function decodeEntry(
  reader: Reader,
  field: GoField,
  depth: number,
): [string, Json] {
  let name = '';
  let value: Json = field.listValues ? [] : '';
  eachField(reader, (number, wire) => {
    if (wire !== BYTES || number > 2) return false;
    if (number === 1) name = reader.string();
    else if (field.listValues) value = wrappedList(inside(reader));
    else value = decodeValue(reader, field.type, depth);
    return true;
  });
  return [name, value];
}

/** A list of strings as a message of its own. */
function wrappedList(reader: Reader): string[] {
  const items: string[] = [];
  eachField(reader, (number, wire) => {
    if (number !== 1 || wire !== BYTES) return false;
    items.push(reader.string());
    return true;
  });
  return items;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

function decodeValue(reader: Reader, type: string, depth: number): Json {
  switch (type) {
    case 'string':
      return reader.string();
    case 'bool':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'int64':
      return Number(reader.int64());
    case 'bytes':
      return base64(reader.bytes());
    case 'Time':
    case 'MicroTime':
      return decodeTime(inside(reader), type === 'MicroTime');
    case 'Quantity':
      return strings(reader.bytes())[0];
    case 'IntOrString':
      return decodeIntOrString(inside(reader));
    case 'FieldsV1':
      return decodeFields(strings(reader.bytes())[0]);
    default:
      return decodeStruct(inside(reader), type, depth + 1);
  }
}

/** Seconds and nanoseconds; no seconds at all is the empty time, which JSON has as null. */
function decodeTime(reader: Reader, micro: boolean): string | null {
  let seconds: number | undefined;
  let nanos = 0;
  eachField(reader, (number, wire) => {
    if (wire !== VARINT || number > 2) return false;
    if (number === 1) seconds = Number(reader.int64());
    else nanos = reader.int32();
    return true;
  });
  if (seconds === undefined) return null;
  const milliseconds = seconds * 1000;
  if (!(Math.abs(milliseconds) <= 8.64e15)) {
    throw new MalformedProtobuf(`proto: ${seconds} s is no time`);
  }
  const whole = timestamp(milliseconds);
  const micros = String(Math.floor(nanos / 1000)).padStart(6, '0');
  return micro ? whole.replace('Z', `.${micros}Z`) : whole;
}

/** 1 says which of 2 (a number) and 3 (a text) counts. */
function decodeIntOrString(reader: Reader): number | string {
  let kind = 0;
  let integer = 0;
  let text = '';
  eachField(reader, (number, wire) => {
    if (number === 1 && wire === VARINT) kind = reader.int32();
    else if (number === 2 && wire === VARINT) integer = reader.int32();
    else if (number === 3 && wire === BYTES) text = reader.string();
    else return false;
    return true;
  });
  return kind === 1 ? text : integer;
}

function decodeFields(text: string): Json {
  try {
    const value = JSON.parse(text || '{}');
    if (isRecord(value)) return value;
  } catch {
    // Falls through.
  }
  throw new MalformedProtobuf('proto: fieldsV1 is no JSON object');
}
