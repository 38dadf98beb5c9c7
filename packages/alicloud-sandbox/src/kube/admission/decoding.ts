import { isRecord, type Json } from '../json';
import { goField, goStruct, keyOfModel, type GoField } from '../schema/goTypes';

/** Go's name of a JSON value's type. */
function jsonType(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (isRecord(value)) return 'object';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

const QUANTITY =
  /^[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const BASE64 =
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Where a value stands: Go names the struct that declares the field, and the path without indexes. */
interface Place {
  owner: string;
  path: string;
  goType: string;
}

const mismatch = (value: Json, { owner, path, goType }: Place) => {
  const number =
    typeof value === 'number' && /^u?int/.test(goType) ? ` ${value}` : '';
  return `json: cannot unmarshal ${jsonType(
    value,
  )}${number} into Go struct field ${owner}.${path} of type ${goType}`;
};

const isInt32 = (value: Json) =>
  Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;

/** Go takes a list of small numbers for bytes, too. */
const isByte = (value: Json) =>
  Number.isInteger(value) && value >= 0 && value < 256;

/** Types that read themselves, each with words of its own. */
const READERS: Record<
  string,
  (value: Json, place: Place) => string | undefined
> = {
  Quantity: value =>
    ['string', 'number'].includes(typeof value) && QUANTITY.test(String(value))
      ? undefined
      : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  IntOrString: (value, place) =>
    typeof value === 'string' || isInt32(value)
      ? undefined
      : mismatch(value, { ...place, goType: 'int32' }),
  Time: (value, place) => timeFault(value, place, '2006-01-02T15:04:05Z07:00'),
  MicroTime: (value, place) =>
    timeFault(value, place, '2006-01-02T15:04:05.000000Z07:00'),
  bytes: bytesFault,
  FieldsV1: () => undefined,
  string: (value, place) =>
    typeof value === 'string' ? undefined : mismatch(value, place),
  bool: (value, place) =>
    typeof value === 'boolean' ? undefined : mismatch(value, place),
  int32: (value, place) =>
    isInt32(value) ? undefined : mismatch(value, place),
  int64: (value, place) =>
    Number.isInteger(value) && Math.abs(value) < 2 ** 63
      ? undefined
      : mismatch(value, place),
};

function timeFault(value: Json, place: Place, layout: string) {
  if (typeof value !== 'string') {
    return mismatch(value, { ...place, goType: 'string' });
  }
  if (TIME.test(value) && Number.isFinite(Date.parse(value))) return undefined;
  const text = JSON.stringify(value);
  return `parsing time ${text} as "${layout}": cannot parse ${text} as "2006"`;
}

/** Where Go's decoder gives up: at the first odd character, or at the group of four that is not whole. */
function bytesFault(value: Json, place: Place): string | undefined {
  if (Array.isArray(value)) {
    const item = value.find(byte => !isByte(byte));
    return item === undefined
      ? undefined
      : mismatch(item, { ...place, goType: 'uint8' });
  }
  if (typeof value !== 'string') return mismatch(value, place);
  if (BASE64.test(value)) return undefined;
  const odd = value.search(/[^A-Za-z0-9+/]/);
  const at = odd < 0 ? value.length - (value.length % 4) : odd;
  return `illegal base64 data at input byte ${at}`;
}

const elementType = (goType: string) =>
  goType.replace(/^(\[\]|map\[string\])/, '');

function valueFault(
  value: Json,
  type: string,
  place: Place,
): string | undefined {
  if (value === null || value === undefined) return undefined;
  const read = READERS[type];
  if (read) return read(value, place);
  if (!isRecord(value)) return mismatch(value, place);
  return structFault(value, type, place.path);
}

function fieldFault(value: Json, field: GoField, place: Place) {
  if (value === null || value === undefined) return undefined;
  if (field.shape === 'one') return valueFault(value, field.type, place);
  const fits = field.shape === 'list' ? Array.isArray(value) : isRecord(value);
  if (!fits) return mismatch(value, place);
  const inner = { ...place, goType: elementType(place.goType) };
  // A named map or list, as v1.ResourceList, has elements of another name; only scalars show it.
  if (inner.goType === place.goType) inner.goType = field.type;
  for (const item of Object.values(value)) {
    const fault = field.listValues
      ? undefined
      : valueFault(item, field.type, inner);
    if (fault) return fault;
  }
  return undefined;
}

function structFault(
  value: Record<string, Json>,
  key: string,
  path: string,
): string | undefined {
  for (const [name, child] of Object.entries(value)) {
    const field = goField(key, name);
    if (!field) continue;
    const fault = fieldFault(child, field, {
      // Fields of an inlined struct count as its owner's.
      owner: key.split('.').pop()!,
      path: path ? `${path}.${name}` : name,
      goType: field.goType,
    });
    if (fault) return fault;
  }
  return undefined;
}

/**
 * The first field whose value cannot be read into its Go type, in the words of Go's JSON decoder; undefined when all
 * can, and for types that are not in the table (custom resources).
 */
export function decodingFault(
  object: Json,
  model: string | undefined,
): string | undefined {
  const key = model && keyOfModel(model);
  return key ? structFault(object, key, '') : undefined;
}

const isEmpty = (value: Json) =>
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0);

/** Does to a readable object what a round trip through its Go types does: empty optional values vanish, numbers that are quantities become texts. Edits `object`. */
export function roundTrip(object: Json, model: string | undefined): void {
  const key = model && keyOfModel(model);
  if (key) roundTripStruct(object, key);
}

function roundTripStruct(object: Record<string, Json>, key: string): void {
  for (const [name, value] of Object.entries(object)) {
    const field = goField(key, name);
    if (!field) continue;
    if (field.omitEmpty && isEmpty(value)) {
      delete object[name];
    } else if (field.type === 'Quantity' || field.type === 'bytes') {
      object[name] = asText(value);
    } else if (goStruct(field.type)) {
      const inner = field.shape === 'one' ? [value] : Object.values(value);
      for (const item of inner) {
        if (isRecord(item)) roundTripStruct(item, field.type);
      }
    }
  }
}

/** A quantity or bytes, or a map of them, as texts. */
function asText(value: Json): Json {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return Buffer.from(value).toString('base64');
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, asText(item)]),
  );
}
