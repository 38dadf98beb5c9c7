import type { Caller } from './authenticate';
import {
  ApiError,
  dryRunPassed,
  invalidParameter,
  missingParameter,
} from './errors';

export type Tags = Record<string, string>;

/** The parameters of one RPC call: query and form body as one bag. */
export class RpcCall {
  constructor(
    readonly action: string,
    readonly parameters: ReadonlyMap<string, string>,
    readonly requestId: string,
    readonly caller: Caller,
  ) {}

  /** Undefined when absent or empty: the gateway does not tell the two apart. */
  text(name: string): string | undefined {
    return this.parameters.get(name) || undefined;
  }

  need(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missingParameter(name);
    return value;
  }

  bool(name: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return undefined;
    if (value !== 'true' && value !== 'false') {
      throw invalidParameter(name, `'${value}' is neither true nor false.`);
    }
    return value === 'true';
  }

  int(name: string, range: { min: number; max: number }): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || number < range.min || number > range.max) {
      throw invalidParameter(
        name,
        `'${value}' is not an integer from ${range.min} to ${range.max}.`,
      );
    }
    return number;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = allowed.find(
      item => item.toLowerCase() === value.toLowerCase(),
    );
    if (!found) {
      throw invalidParameter(
        name,
        `'${value}' is none of ${allowed.join(', ')}.`,
      );
    }
    return found;
  }

  /**
   * Whether a resource is what a list call asks for: every parameter of these names is absent or has one of the values.
   * Booleans are compared without regard to case, as clients spell them differently.
   */
  selects(
    fields: Record<string, string | number | boolean | readonly string[]>,
  ): boolean {
    return Object.entries(fields).every(([name, value]) => {
      const wanted = this.text(name);
      if (wanted === undefined) return true;
      if (typeof value === 'boolean') {
        return wanted.toLowerCase() === String(value);
      }
      return typeof value === 'object'
        ? value.includes(wanted)
        : wanted === String(value);
    });
  }

  /** `Name.1`, `Name.2`, … in order. */
  list(name: string): string[] {
    return this.indexes(name)
      .map(index => this.parameters.get(`${name}.${index}`))
      .filter((value): value is string => !!value);
  }

  /** `Name.1.Key`, `Name.1.Value`, …: one record an index; keys below keep their dots (`Value.1`). */
  objects(name: string): Record<string, string>[] {
    return this.indexes(name).map(index => {
      const prefix = `${name}.${index}.`;
      const object: Record<string, string> = {};
      for (const [key, value] of this.parameters) {
        if (key.startsWith(prefix)) object[key.slice(prefix.length)] = value;
      }
      return object;
    });
  }

  /** `Filter.1.Key`, `Filter.1.Value.1`, … */
  filters(name = 'Filter'): { key: string; values: string[] }[] {
    return this.objects(name).map(object => ({
      key: object.Key ?? '',
      values: Object.entries(object)
        .filter(([key]) => key === 'Value' || key.startsWith('Value.'))
        .map(([, value]) => value),
    }));
  }

  /** `Tag.N.Key`/`Tag.N.Value`, checked as the tag service checks them. */
  tags(): Tags {
    const tags: Tags = {};
    const given = this.objects('Tag');
    if (given.length > 20) {
      throw new ApiError(
        'NumberExceed.Tags',
        `At most 20 tags can be given, got ${given.length}.`,
      );
    }
    for (const { Key: key, Value: value = '' } of given) {
      if (!key || key.length > 128 || /^(aliyun|acs:)|https?:\/\//.test(key)) {
        throw new ApiError(
          'InvalidTagKey',
          `The tag key '${key ?? ''}' is not valid.`,
        );
      }
      if (value.length > 128 || /^(acs:)|https?:\/\//.test(value)) {
        throw new ApiError(
          'InvalidTagValue',
          `The value of the tag '${key}' is not valid.`,
        );
      }
      if (key in tags) {
        throw new ApiError(
          'Duplicate.TagKey',
          `The tag key '${key}' is given more than once.`,
        );
      }
      tags[key] = value;
    }
    return tags;
  }

  /** A parameter whose text is JSON; undefined when absent. */
  json(name: string): unknown {
    const value = this.text(name);
    if (value === undefined) return undefined;
    try {
      return JSON.parse(value);
    } catch {
      throw invalidParameter(name, 'it is not valid JSON.');
    }
  }

  /** Call between checking a request and carrying it out: ends here when only the check was wanted. */
  checked(): void {
    if (this.isDryRun) throw dryRunPassed();
  }

  get isDryRun(): boolean {
    return this.bool('DryRun') ?? false;
  }

  private indexes(name: string): number[] {
    const prefix = `${name}.`;
    const found = new Set<number>();
    for (const key of this.parameters.keys()) {
      if (!key.startsWith(prefix)) continue;
      const index = Number(key.slice(prefix.length).split('.', 1)[0]);
      if (Number.isInteger(index) && index > 0) found.add(index);
    }
    return [...found].sort((a, b) => a - b);
  }
}

/** Whether a resource carries all tags that a list call asks for; an empty value asks for the key alone. */
export function hasTags(tags: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(
    ([key, value]) => key in tags && (value === '' || tags[key] === value),
  );
}

/** Tags in the form of `Tags.Tag[]`. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
