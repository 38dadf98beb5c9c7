type Json = any;

/** What stands in place of a value: one of each JSON type, and numbers and texts that some types refuse. */
const WRONG: Json[] = [
  'x',
  7,
  1.5,
  -3_000_000_000,
  true,
  [],
  {},
  ['x'],
  { k: 1 },
];

type Path = (string | number)[];

/** The paths of all values inside an object, objects and lists included. */
export function pathsOf(value: Json, at: Path = []): Path[] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, child]) =>
          pathsOf(child, [...at, Array.isArray(value) ? Number(name) : name]),
        )
      : [];
  return at.length === 0 ? inner : [at, ...inner];
}

/** A copy in which the value at `path` is another. */
export function replaced(value: Json, path: Path, by: Json): Json {
  if (path.length === 0) return by;
  const [head, ...rest] = path;
  const copy: Json = Array.isArray(value) ? [...value] : { ...value };
  copy[head] = replaced(value[head], rest, by);
  return copy;
}

/** A number below `below`, the same for the same count and seed. */
function pick(count: number, below: number): number {
  // Knuth's multiplicative hash spreads consecutive numbers.
  return Math.imul(count + 1, 2_654_435_761) >>> 0 % below;
}

export interface Mutation {
  object: Json;
  /** `spec.replicas = "x"`. */
  what: string;
}

/**
 * Objects that differ from `sample` in one value each: every value becomes something of another type, some of several;
 * and every object gets an unknown field once.
 */
export function mutationsOf(sample: Json, perValue: number): Mutation[] {
  const fixed = new Set(['apiVersion', 'kind']);
  return pathsOf(sample)
    .filter(([head]) => !fixed.has(String(head)))
    .flatMap((path, n) => {
      const out: Mutation[] = [];
      for (let i = 0; i < perValue; i += 1) {
        const by = WRONG[(pick(n, WRONG.length) + i) % WRONG.length];
        out.push({
          object: replaced(sample, path, by),
          what: `${path.join('.')} = ${JSON.stringify(by)}`,
        });
      }
      const value = path.reduce((v: Json, key) => v[key], sample);
      if (
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value)
      ) {
        out.push({
          object: replaced(sample, path, { ...value, zzz: 1 }),
          what: `${path.join('.')}.zzz = 1`,
        });
      }
      return out;
    });
}
