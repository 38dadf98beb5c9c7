type Level = Pick<Map<unknown, unknown>, 'get' | 'set'>;

const levelFor = (argument: unknown): Level =>
  typeof argument === 'object'
    ? (new WeakMap() as unknown as Level)
    : new Map();

/**
 * The function, but worked out once for the same arguments: the same objects and equal texts. What it found lives as long
 * as the objects do. To be wrapped around what is found in facts that nobody changes: who has new facts makes a new list.
 *
 * @param make - pure; in each place it takes either always an object or always a text
 */
export function remembered<A extends [object, ...(object | string)[]], V>(
  make: (...args: A) => V & {},
): (...args: A) => V {
  const root = levelFor({});
  return (...args) => {
    let level = root;
    args.slice(0, -1).forEach((argument, i) => {
      let next = level.get(argument) as Level | undefined;
      if (!next) {
        next = levelFor(args[i + 1]);
        level.set(argument, next);
      }
      level = next;
    });
    const last = args[args.length - 1];
    let value = level.get(last) as (V & {}) | undefined;
    if (value === undefined) {
      value = make(...args);
      level.set(last, value);
    }
    return value;
  };
}
