import {
  createPermission,
  type BasicPermission,
  type Permission,
} from '@backstage/plugin-permission-common';
import type { GrantOperation } from './api/types';

/** See meshes, their clusters and their network. */
export const meshReadPermission = createPermission({
  name: 'mesh-dr.mesh.read',
  attributes: { action: 'read' },
});

/** See services, their topology, rules and changes. */
export const serviceReadPermission = createPermission({
  name: 'mesh-dr.service.read',
  attributes: { action: 'read' },
});

/** Type of the resource that a service of a mesh is to the permission framework. */
export const RESOURCE_TYPE_SERVICE = 'mesh-dr-service';

/** Change the locality rule of one service; the resource is `serviceResourceRef` of it. */
export const ruleChangePermission = createPermission({
  name: 'mesh-dr.rule.change',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_SERVICE,
});

/** Change the locality rule of a whole mesh. */
export const meshRuleChangePermission = createPermission({
  name: 'mesh-dr.mesh-rule.change',
  attributes: { action: 'update' },
});

/** Approve or reject a change somebody else asked for. */
export const changeApprovePermission = createPermission({
  name: 'mesh-dr.change.approve',
  attributes: { action: 'update' },
});

/** Set guardrails aside in an emergency, each by its name and with a reason. */
export const changeBreakGlassPermission = createPermission({
  name: 'mesh-dr.change.break-glass',
  attributes: { action: 'update' },
});

/** Join a cluster to a mesh or take it out again. */
export const clusterJoinPermission = createPermission({
  name: 'mesh-dr.cluster.join',
  attributes: { action: 'update' },
});

/** Send verification requests through a gateway. */
export const trafficVerifyPermission = createPermission({
  name: 'mesh-dr.traffic.verify',
  attributes: { action: 'read' },
});

/** Create the cloud resources of an environment. */
export const environmentProvisionPermission = createPermission({
  name: 'mesh-dr.environment.provision',
  attributes: { action: 'create' },
});

/** Delete the cloud resources of an environment. */
export const environmentDestroyPermission = createPermission({
  name: 'mesh-dr.environment.destroy',
  attributes: { action: 'delete' },
});

/** Apply manifests to clusters and meshes. */
export const kubernetesApplyPermission = createPermission({
  name: 'mesh-dr.kubernetes.apply',
  attributes: { action: 'update' },
});

/** List and revoke the operation grants of others. */
export const grantManagePermission = createPermission({
  name: 'mesh-dr.grant.manage',
  attributes: { action: 'update' },
});

/** Every permission of the plugin, for the permission framework's metadata and for policies. */
export const meshDrPermissions: Permission[] = [
  meshReadPermission,
  serviceReadPermission,
  ruleChangePermission,
  meshRuleChangePermission,
  changeApprovePermission,
  changeBreakGlassPermission,
  clusterJoinPermission,
  trafficVerifyPermission,
  environmentProvisionPermission,
  environmentDestroyPermission,
  kubernetesApplyPermission,
  grantManagePermission,
];

const byOperation = {
  'environment.provision': environmentProvisionPermission,
  'environment.destroy': environmentDestroyPermission,
  'kubernetes.apply': kubernetesApplyPermission,
  'cluster.join': clusterJoinPermission,
  'rule.change': ruleChangePermission,
  'traffic.verify': trafficVerifyPermission,
} satisfies Record<GrantOperation, Permission>;

/** The permission a person needs to be given a grant for the operation. */
export function permissionForGrantOperation(
  operation: Exclude<GrantOperation, 'rule.change'>,
): BasicPermission;
export function permissionForGrantOperation(
  operation: GrantOperation,
): Permission;
export function permissionForGrantOperation(
  operation: GrantOperation,
): Permission {
  return byOperation[operation];
}

/** A service of a mesh; the mesh by id or name. */
export interface ServiceResource {
  meshId: string;
  namespace: string;
  name: string;
}

/** How the permission framework refers to a service: `mesh/namespace/name`, each part URI-encoded. */
export function serviceResourceRef({
  meshId,
  namespace,
  name,
}: ServiceResource): string {
  return [meshId, namespace, name].map(encodeURIComponent).join('/');
}

/** Reads what `serviceResourceRef` wrote; undefined for any other text. */
export function parseServiceResourceRef(
  ref: string,
): ServiceResource | undefined {
  const parts = ref.split('/');
  if (parts.length !== 3 || parts.includes('')) return undefined;
  try {
    const [meshId, namespace, name] = parts.map(decodeURIComponent);
    return { meshId, namespace, name };
  } catch {
    return undefined;
  }
}
