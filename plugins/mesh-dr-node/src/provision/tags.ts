import { createHash } from 'node:crypto';
import {
  TAG_ENVIRONMENT,
  TAG_RESOURCE,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { JsonObject } from '@backstage/types';
import type { Tags } from '../alicloud/types';

/**
 * Cloud tag with the identity under which a resource of an environment was asked for: that of the task, or of the
 * environment itself. It goes into every ClientToken, so that destroy and recreate under the same name never replays a
 * token whose resource is gone.
 */
export const TAG_UID = 'mesh-dr:uid';

/** The tags of a resource of an environment. */
export function resourceTags(
  environment: string,
  uid: string,
  key: string,
): Tags {
  return {
    [TAG_ENVIRONMENT]: environment,
    [TAG_RESOURCE]: key,
    [TAG_UID]: uid,
  };
}

/** The tags to look a resource up by. */
export function lookupTags(environment: string, key: string): Tags {
  return { [TAG_ENVIRONMENT]: environment, [TAG_RESOURCE]: key };
}

export function carriesEnvironment(tags: Tags, environment: string): boolean {
  return tags[TAG_ENVIRONMENT] === environment;
}

export function carriesKey(
  tags: Tags,
  environment: string,
  key: string,
): boolean {
  return tags[TAG_ENVIRONMENT] === environment && tags[TAG_RESOURCE] === key;
}

/** Stable JSON: keys sorted at every level. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value && typeof value === 'object') {
    return `{${Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

const sha256 = (text: string) =>
  createHash('sha256').update(text).digest('hex');

/**
 * ClientToken of one create: 64 hex characters, the most the cloud accepts. Same environment incarnation, resource,
 * wish and generation → same token, so a repeated call returns the first one's resource.
 */
export function clientToken(
  uid: string,
  key: string,
  desired: JsonObject,
  generation: number,
): string {
  return sha256(
    [uid, key, sha256(canonical(desired)), String(generation)].join('\n'),
  );
}
