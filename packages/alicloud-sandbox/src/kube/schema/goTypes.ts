import table from './goTypes.json';

/** One field of a Go struct of the Kubernetes API. */
export interface GoField {
  /** Name in JSON; the fields of an inlined struct appear beside those of its owner. */
  name: string;
  inlined: boolean;
  /** Number in protobuf. */
  number: number;
  shape: 'one' | 'list' | 'map';
  /** Entries of the map are lists, wrapped in a message of their own. */
  listValues: boolean;
  /** `string`, `bool`, `int32`, `int64`, `bytes`, a well-known type (`Time`, `Quantity`, …), or the key of a struct. */
  type: string;
  /** An empty value is left out of JSON. Pointers are not: there absence and zero differ. */
  omitEmpty: boolean;
  /** The type as Go prints it, e.g. `int32`, `v1.PullPolicy`, `[]v1.Container`. */
  goType: string;
}

export interface GoStruct {
  byName: Map<string, GoField>;
  byNumber: Map<number, GoField>;
}

/**
 * `{ "apps.v1.DeploymentSpec": { "replicas": "1 *int32" } }`: number in protobuf, type, and the type's Go name where it
 * differs. `?` marks `omitempty`, `*` a pointer, `<` an inlined struct. From the struct tags of k8s.io/api v0.34.1 and
 * k8s.io/apimachinery v0.34.1.
 */
const source = table as Record<string, Record<string, string>>;

const parsed = new Map<string, GoStruct>();

/** `core.v1.PodSpec` is `v1.PodSpec` in Go's messages. */
const shortName = (type: string) => type.split('.').slice(-2).join('.');

function goTypeOf(shape: GoField['shape'], type: string): string {
  const known: Record<string, string> = {
    bytes: '[]uint8',
    Time: 'v1.Time',
    MicroTime: 'v1.MicroTime',
    FieldsV1: 'v1.FieldsV1',
    IntOrString: 'intstr.IntOrString',
    Quantity: 'resource.Quantity',
  };
  const element = known[type] ?? shortName(type);
  if (shape === 'list') return `[]${element}`;
  return shape === 'map' ? `map[string]${element}` : element;
}

function parseField(key: string, text: string): GoField {
  const [number, typeText, named] = text.split(' ');
  let type = typeText.replace(/^[?*]/, '');
  let shape: GoField['shape'] = 'one';
  if (type.startsWith('[]')) {
    shape = 'list';
    type = type.slice(2);
  } else if (type.startsWith('map:')) {
    shape = 'map';
    type = type.slice(4);
  }
  const listValues = type.startsWith('list:');
  if (listValues) type = type.slice(5);
  return {
    name: key.replace(/^</, ''),
    inlined: key.startsWith('<'),
    number: Number(number),
    shape,
    listValues,
    type,
    omitEmpty: typeText.startsWith('?'),
    goType: named ?? goTypeOf(shape, type),
  };
}

/** The struct with this key; undefined for one that is not in the table, or no struct. */
export function goStruct(key: string): GoStruct | undefined {
  const known = parsed.get(key);
  if (known || !source[key]) return known;
  const fields = Object.entries(source[key]).map(([name, text]) =>
    parseField(name, text),
  );
  const struct: GoStruct = {
    byName: new Map(fields.map(f => [f.name, f])),
    byNumber: new Map(fields.map(f => [f.number, f])),
  };
  parsed.set(key, struct);
  return struct;
}

/** The key of a kind's struct: `apps/v1` and `Deployment` give `apps.v1.Deployment`. Undefined for unknown kinds. */
export function structKey(
  apiVersion: string,
  kind: string,
): string | undefined {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? 'core' : apiVersion.slice(0, slash).split('.')[0];
  const version = apiVersion.slice(slash + 1);
  // Options travel in the version of the resource that they are for.
  const key =
    kind === 'DeleteOptions'
      ? 'meta.v1.DeleteOptions'
      : `${group}.${version}.${kind}`;
  return source[key] ? key : undefined;
}

/** Models of the client library whose name does not say their group. */
const MODEL_KEYS: Record<string, string> = {
  CoreV1Event: 'core.v1.Event',
  CoreV1EventSeries: 'core.v1.EventSeries',
  CoreV1EndpointPort: 'core.v1.EndpointPort',
  CoreV1ResourceClaim: 'core.v1.ResourceClaim',
  DiscoveryV1EndpointPort: 'discovery.v1.EndpointPort',
};

const modelKeys = new Map<string, string>(Object.entries(MODEL_KEYS));

/** The key of the struct behind a model of the client library: `V1PodSpec` gives `core.v1.PodSpec`. */
export function keyOfModel(model: string): string | undefined {
  const known = modelKeys.get(model);
  if (known) return known;
  const match = /^V(\d)(.+)$/.exec(model);
  const end = match ? `.v${match[1]}.${match[2]}` : `.${model}`;
  const key = Object.keys(source).find(k => k.endsWith(end));
  if (key) modelKeys.set(model, key);
  return key;
}

/** A field of a struct, or of one that is inlined in it. */
export function goField(key: string, name: string): GoField | undefined {
  const struct = goStruct(key);
  const own = struct?.byName.get(name);
  if (own && !own.inlined) return own;
  for (const field of struct?.byName.values() ?? []) {
    const inner = field.inlined ? goField(field.type, name) : undefined;
    if (inner) return inner;
  }
  return undefined;
}
