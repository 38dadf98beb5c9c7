import type {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  isResourcePermission,
  type BasicPermission,
  type Permission,
  type PolicyDecision,
  type ResourcePermission,
} from '@backstage/plugin-permission-common';

/** A permission that an act needs, on a resource where the permission is about one. */
export type Need =
  | { permission: BasicPermission; resourceRef?: never; about?: never }
  | {
      permission: ResourcePermission;
      resourceRef: string;
      /** What the resource is and who can help, to follow `is needed`. */
      about: () => Promise<string>;
    };

/** Whether the caller holds the permission. */
export async function allows(
  permissions: PermissionsService,
  credentials: BackstageCredentials,
  need: Need,
): Promise<boolean> {
  const [decision] = await permissions.authorize(
    [
      need.resourceRef === undefined
        ? { permission: need.permission }
        : { permission: need.permission, resourceRef: need.resourceRef },
    ],
    { credentials },
  );
  return decision.result === AuthorizeResult.ALLOW;
}

/** The policy's answer about the caller, with its conditions where it depends on a resource that is not named yet. */
export async function decide(
  permissions: PermissionsService,
  credentials: BackstageCredentials,
  permission: Permission,
): Promise<PolicyDecision> {
  const [decision] = isResourcePermission(permission)
    ? await permissions.authorizeConditional([{ permission }], { credentials })
    : await permissions.authorize([{ permission }], { credentials });
  return decision;
}

/** Throws NotAllowedError, with the permission and the remedy, unless the caller holds it. */
export async function authorize(
  permissions: PermissionsService,
  credentials: BackstageCredentials,
  need: Need,
): Promise<void> {
  if (await allows(permissions, credentials, need)) return;
  throw new NotAllowedError(
    `Permission '${need.permission.name}' is needed ${
      need.about
        ? await need.about()
        : "for this; ask the people who run the portal's permission policy"
    }`,
  );
}
