import {
  coreServices,
  createBackendModule,
  RootConfigService,
} from '@backstage/backend-plugin-api';
import {
  AuthorizeResult,
  isPermission,
  Permission,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import {
  createMeshDrConditionalDecision,
  meshDrConditions,
} from '@mesh-dr/backstage-plugin-mesh-dr-backend';
import { ruleChangePermission } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** Roles from the least to the most powerful use; a user has the rights of every role he or she is in. */
export const ROLES = ['reader', 'owner', 'approver', 'platform'] as const;
export type Role = (typeof ROLES)[number];

const OWNER_RIGHTS = new Set([
  'mesh-dr.traffic.verify',
  'mesh-dr.kubernetes.apply',
]);

const isRead = (permission: Permission) =>
  permission.attributes.action === 'read' || permission.name.endsWith('.read');

/** Whether one role allows one permission, whatever it is about. */
export function roleAllows(role: Role, permission: Permission): boolean {
  if (role === 'platform' || isRead(permission)) {
    return true;
  }
  if (permission.name.startsWith('mesh-dr.')) {
    return (
      (role === 'owner' && OWNER_RIGHTS.has(permission.name)) ||
      (role === 'approver' && permission.name === 'mesh-dr.change.approve')
    );
  }
  // Everything that is not ours (catalog, scaffolder): owners may use it, readers and approvers may look.
  return role === 'owner';
}

/**
 * Permission policy by role: `meshDr.roles.<role>` lists users and groups, `meshDr.roles.default` is everybody else's
 * role (`reader` unless configured). Owners change the rules of what they own in the catalog, alone or through a group;
 * the platform role changes all of them, also of services that the catalog does not know. Portals that bring a policy of their own leave this module out.
 */
export class RolePolicy implements PermissionPolicy {
  private constructor(
    private readonly members: Map<Role, Set<string>>,
    private readonly defaultRole: Role,
  ) {}

  static fromConfig(config: RootConfigService): RolePolicy {
    const roles = config.getOptionalConfig('meshDr.roles');
    const members = new Map(
      ROLES.map(role => [
        role,
        new Set(roles?.getOptionalStringArray(role) ?? []),
      ]),
    );
    const fallback = roles?.getOptionalString('default') ?? 'reader';
    if (!ROLES.includes(fallback as Role)) {
      throw new Error(
        `meshDr.roles.default is '${fallback}', which is not a role; use one of ${ROLES.join(
          ', ',
        )}`,
      );
    }
    return new RolePolicy(members, fallback as Role);
  }

  rolesOf(user: PolicyQueryUser | undefined): Role[] {
    const refs = user?.info.ownershipEntityRefs ?? [];
    const listed = ROLES.filter(role =>
      refs.some(ref => this.members.get(role)!.has(ref)),
    );
    return listed.length > 0 ? listed : [this.defaultRole];
  }

  async handle(
    request: PolicyQuery,
    user?: PolicyQueryUser,
  ): Promise<PolicyDecision> {
    const { permission } = request;
    const roles = this.rolesOf(user);
    if (roles.some(role => roleAllows(role, permission))) {
      return { result: AuthorizeResult.ALLOW };
    }
    if (
      isPermission(permission, ruleChangePermission) &&
      roles.includes('owner')
    ) {
      return createMeshDrConditionalDecision(
        permission,
        meshDrConditions.isOwner({
          claims: user?.info.ownershipEntityRefs ?? [],
        }),
      );
    }
    return { result: AuthorizeResult.DENY };
  }
}

export default createBackendModule({
  pluginId: 'permission',
  moduleId: 'mesh-dr-role-policy',
  register(reg) {
    reg.registerInit({
      deps: { policy: policyExtensionPoint, config: coreServices.rootConfig },
      async init({ policy, config }) {
        policy.setPolicy(RolePolicy.fromConfig(config));
      },
    });
  },
});
