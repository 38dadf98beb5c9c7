/**
 * Reads answers of the OpenAPI whose shapes vary between products: doubly wrapped lists, plain lists, numbers as text,
 * JSON inside strings.
 */
import type { Tags } from './types';

export type Json =
  | null
  | boolean
  | number
  | string
  | Json[]
  | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };

/**
 * Turns what json-bigint returns into plain values: objects get their prototype back, and integers beyond 15 digits
 * (account ids), which arrive as BigNumber objects, become text.
 */
export function plain(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object') {
    const candidate = value as { _isBigNumber?: boolean; toFixed?(): string };
    if (candidate._isBigNumber === true && candidate.toFixed) {
      return candidate.toFixed();
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, plain(entry)]),
    );
  }
  if (typeof value === 'bigint') return value.toString();
  return value as Json;
}

export function asObject(value: Json | undefined): JsonObject {
  return value && typeof value === 'object' && !Array.isArray(value)
    ? value
    : {};
}

/** Text of a string, number or boolean; '' for anything else. */
export function text(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  return '';
}

/** Like {@link text}, undefined instead of ''. */
export function optionalText(value: Json | undefined): string | undefined {
  return text(value) || undefined;
}

export function integer(value: Json | undefined): number {
  const number = Number(text(value));
  return Number.isFinite(number) ? number : 0;
}

export function flag(value: Json | undefined): boolean {
  return value === true || text(value).toLowerCase() === 'true' || value === 1;
}

/** The elements of a list, whether it is plain (`[…]`) or wrapped once more (`{ Vpc: […] }`). */
export function list(value: Json | undefined): Json[] {
  if (Array.isArray(value)) return value;
  const inner = Object.values(asObject(value)).find(Array.isArray);
  return inner ?? [];
}

export function objects(value: Json | undefined): JsonObject[] {
  return list(value).map(asObject);
}

export function texts(value: Json | undefined): string[] {
  return list(value).map(text).filter(Boolean);
}

/** A JSON text parsed; other values as they are; undefined when the text is not JSON. */
export function embedded(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return value;
  if (!value.trim()) return undefined;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return undefined;
  }
}

/** Tags in any of the products' spellings: Key/Value, TagKey/TagValue, key/value. */
export function tags(value: Json | undefined): Tags {
  const result: Tags = {};
  for (const tag of objects(value)) {
    const key = text(tag.Key ?? tag.TagKey ?? tag.key);
    if (key) result[key] = text(tag.Value ?? tag.TagValue ?? tag.value);
  }
  return result;
}

/** Tags as the RPC repeat list `Tag.N.{Key,Value}`. */
export function tagList(
  value: Tags | undefined,
): { Key: string; Value: string }[] {
  return Object.entries(value ?? {}).map(([Key, Value]) => ({ Key, Value }));
}
