import { clone, isRecord, type Json } from '../json';

/** RFC 7396: objects merge, `null` removes, everything else replaces. Returns a new value. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isRecord(patch)) return clone(patch);
  const out: Record<string, Json> = isRecord(target) ? clone(target) : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete out[name];
    else out[name] = mergePatch(out[name], value);
  }
  return out;
}
