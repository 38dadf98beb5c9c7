import {
  createConditionExports,
  createPermissionResourceRef,
  createPermissionRule,
} from '@backstage/plugin-permission-node';
import {
  RESOURCE_TYPE_SERVICE,
  type ServiceResource,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { z } from 'zod';

/** A service as permissions see it: with the components of the catalog that name it. */
export interface OwnedService extends ServiceResource {
  components: {
    /** Entity ref of the component. */
    ref: string;
    /** Entity refs of who owns it. */
    owners: string[];
  }[];
}

/** Services live in memory, so a condition on many of them is a test of each. */
export type ServiceFilter = (service: OwnedService) => boolean;

/** A service of a mesh, to the permission framework. */
export const serviceResourceType = createPermissionResourceRef<
  OwnedService,
  ServiceFilter
>().with({ pluginId: 'mesh-dr', resourceType: RESOURCE_TYPE_SERVICE });

/**
 * Whether somebody who goes by one of the claims owns the service: there is a component that names it, and every such
 * component is owned so. One of several would not do, because whoever may register a component could take any service.
 */
function isOwned({ components }: OwnedService, claims: string[]): boolean {
  return (
    components.length > 0 &&
    components.every(({ owners }) =>
      owners.some(owner => claims.includes(owner)),
    )
  );
}

/** Allows the owners of a service, as the catalog knows them. */
export const isServiceOwner = createPermissionRule({
  name: 'IS_OWNER',
  description:
    'Allow who owns every component of the catalog that names the service; a service that none names has no owner',
  resourceRef: serviceResourceType,
  paramsSchema: z.object({
    claims: z
      .array(z.string())
      .describe('Entity refs by which somebody may be an owner'),
  }),
  apply: (service, { claims }) => isOwned(service, claims),
  toQuery:
    ({ claims }) =>
    service =>
      isOwned(service, claims),
});

const { conditions, createConditionalDecision } = createConditionExports({
  resourceRef: serviceResourceType,
  rules: { isOwner: isServiceOwner },
});

/** Conditions on services, for permission policies. */
export const meshDrConditions = conditions;

/** The answer of a permission policy that leaves a service permission to conditions. */
export const createMeshDrConditionalDecision = createConditionalDecision;
