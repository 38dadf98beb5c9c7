import { ConflictError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import type { Tags } from '../../alicloud/types';
import { carriesKey } from '../tags';
import type { ProvisionContext } from '../types';

export const keys = {
  vpc: (vpc: string) => `vpc/${vpc}`,
  vswitch: (vpc: string, vswitch: string) => `vswitch/${vpc}/${vswitch}`,
  cen: () => 'cen',
  transitRouter: (region: string) => `transit-router/${region}`,
  vpcAttachment: (vpc: string) => `vpc-attachment/${vpc}`,
  peerAttachment: (a: string, b: string) => `peer-attachment/${a}/${b}`,
  routeLink: (attachmentKey: string, region: string) =>
    `route-link/${attachmentKey}/${region}`,
  cluster: (cluster: string) => `cluster/${cluster}`,
  podRoutes: (cluster: string) => `pod-routes/${cluster}`,
  securityGroup: (cluster: string) => `security-group/${cluster}`,
  mesh: () => 'mesh',
};

export interface VpcOutputs extends JsonObject {
  vpcId: string;
  routeTableId: string;
}
export interface VSwitchOutputs extends JsonObject {
  vSwitchId: string;
  zoneId: string;
}
export interface CenOutputs extends JsonObject {
  cenId: string;
}
export interface TransitRouterOutputs extends JsonObject {
  transitRouterId: string;
  routeTableId: string;
}
export interface AttachmentOutputs extends JsonObject {
  attachmentId: string;
}
export interface ClusterOutputs extends JsonObject {
  clusterId: string;
  securityGroupId: string;
}
export interface MeshOutputs extends JsonObject {
  meshId: string;
  version: string;
}

/** Mark in the description of security group rules that an environment made. */
export const ruleMark = (environment: string) =>
  `mesh-dr environment ${environment}`;

/** The one resource of a listing that carries this environment's tags for `key`. */
export function pickOwned<T extends { tags: Tags }>(
  ctx: ProvisionContext,
  key: string,
  candidates: T[],
  idOf: (candidate: T) => string,
): T | undefined {
  const owned = candidates.filter(candidate =>
    carriesKey(candidate.tags, ctx.spec.name, key),
  );
  if (owned.length > 1) {
    throw new ConflictError(
      `${owned.length} resources carry the tags of ${key} of environment ${
        ctx.spec.name
      }: ${owned
        .map(idOf)
        .join(', ')}. Remove the tag from all but one, then run again.`,
    );
  }
  return owned[0];
}
