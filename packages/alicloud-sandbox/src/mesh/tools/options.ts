/** The options a command knows: names of the same option, and whether it takes a value. */
export type OptionTable = Record<string, { names: string[]; value?: true }>;

/** Parsed arguments. */
export interface Parsed {
  /** Values in the order in which they came; flags have the value `true`. */
  options: Map<string, string[]>;
  rest: string[];
  /** The first option that is not in the table. */
  unknown?: string;
  /** The first option whose value is missing. */
  incomplete?: string;
}

/** Parses arguments as getopt does: `-abc`, `-m5`, `-m 5`, `--name value`, `--name=value`, `--` ends the options. */
export function parseOptions(args: string[], table: OptionTable): Parsed {
  const parsed: Parsed = { options: new Map(), rest: [] };
  const known = new Map(
    Object.entries(table).flatMap(([key, { names, value }]) =>
      names.map(name => [name, { key, value }] as const),
    ),
  );
  const words = [...args];
  /** Takes one option; `attached` is what stands behind it in the same word. */
  const take = (name: string, attached: string | undefined): boolean => {
    const option = known.get(name);
    if (!option) {
      parsed.unknown ??= name;
      return false;
    }
    let value = 'true';
    if (option.value) {
      const given = attached ?? words.shift();
      if (given === undefined) {
        parsed.incomplete ??= name;
      }
      value = given ?? '';
    }
    parsed.options.set(option.key, [
      ...(parsed.options.get(option.key) ?? []),
      value,
    ]);
    return option.value === true;
  };
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === '--') {
      parsed.rest.push(...words.splice(0));
    } else if (word.startsWith('--')) {
      const at = word.indexOf('=');
      take(
        at < 0 ? word : word.slice(0, at),
        at < 0 ? undefined : word.slice(at + 1),
      );
    } else if (word.startsWith('-') && word.length > 1) {
      for (let i = 1; i < word.length; i++) {
        if (take(`-${word[i]}`, word.slice(i + 1) || undefined)) {
          break;
        }
      }
    } else {
      parsed.rest.push(word);
    }
  }
  return parsed;
}

/** The last value of an option. */
export function valueOf({ options }: Parsed, key: string): string | undefined {
  const values = options.get(key);
  return values?.[values.length - 1];
}
