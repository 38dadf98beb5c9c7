/** How the generated SDKs describe a type: a primitive's name, a list, a map, or another model's class. */
type TypeOf =
  | string
  | { type: 'array'; itemType: TypeOf }
  | { type: 'map'; valueType: TypeOf }
  | ModelClass;

/** What the generated models of the Darabonba SDKs have in common. */
export interface ModelClass {
  new (map?: Record<string, unknown>): object;
  /** From the model's field to the name on the wire. */
  names(): Record<string, string>;
  types(): Record<string, TypeOf>;
}

/**
 * Compares a value from the wire with the type that the official SDK declares for it.
 * @returns one line for every field that the SDK does not know or expects to be of another type, naming its path
 */
export function shapeFaults(
  value: unknown,
  type: TypeOf,
  path: string,
): string[] {
  // Absent is not wrong: no answer has every field.
  if (value === undefined || value === null) return [];
  if (typeof type === 'string') {
    const known = ['string', 'number', 'boolean'].includes(type);
    return known && typeof value !== type
      ? [`${path} is a ${typeof value}, the SDK expects a ${type}`]
      : [];
  }
  if (typeof type === 'function') return modelFaults(value, type, path);
  if (type.type === 'array') {
    return Array.isArray(value)
      ? value.flatMap(item => shapeFaults(item, type.itemType, `${path}[]`))
      : [`${path} is no list`];
  }
  return Object.values(value).flatMap(item =>
    shapeFaults(item, type.valueType, `${path}{}`),
  );
}

function modelFaults(value: unknown, model: ModelClass, path: string) {
  if (typeof value !== 'object' || Array.isArray(value)) {
    return [`${path} is no object, the SDK expects ${model.name}`];
  }
  const fields = new Map(
    Object.entries(model.names()).map(([field, wire]) => [wire, field]),
  );
  const types = model.types();
  return Object.entries(value!).flatMap(([wire, item]) => {
    const field = fields.get(wire);
    return field === undefined
      ? [`${path}.${wire} is unknown to ${model.name}`]
      : shapeFaults(item, types[field], `${path}.${wire}`);
  });
}
