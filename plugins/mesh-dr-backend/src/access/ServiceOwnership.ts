import { stringifyEntityRef } from '@backstage/catalog-model';
import {
  meshRuleChangePermission,
  parseServiceResourceRef,
  ruleChangePermission,
  serviceResourceRef,
  type RuleTarget,
  type ServiceResource,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { ownersOf, type ServiceCatalog } from '../catalog/ServiceCatalog';
import type { Fleet } from '../fleet/Fleet';
import type { Need } from './authorize';
import type { OwnedService } from './serviceRules';

/** Oldest answer of the catalog on which a permission is decided, ms: who has just registered a service waits this long. */
const FRESH_MS = 5_000;

/** Whose a service is, and what that means for changing its rule. */
export class ServiceOwnership {
  constructor(
    private readonly deps: { catalog: ServiceCatalog; fleet: Fleet },
  ) {}

  /** Services by their resource refs; undefined for what is no such ref. */
  load(refs: string[]): Promise<(OwnedService | undefined)[]> {
    return Promise.all(
      refs.map(async ref => {
        const service = parseServiceResourceRef(ref);
        return service && this.owned(service);
      }),
    );
  }

  /** What changing the rule of the target needs. */
  changing(target: RuleTarget): Need {
    if (target.scope === 'mesh') {
      return { permission: meshRuleChangePermission };
    }
    return {
      permission: ruleChangePermission,
      resourceRef: serviceResourceRef(target),
      about: () => this.describe(target),
    };
  }

  async owned(service: ServiceResource): Promise<OwnedService> {
    return {
      ...service,
      components: (await this.components(service)).map(entity => ({
        ref: stringifyEntityRef(entity),
        owners: ownersOf([entity]),
      })),
    };
  }

  /** Which service it is and who can help, for somebody who may not change it. */
  private async describe(service: ServiceResource): Promise<string> {
    const { namespace, name } = service;
    const components = await this.components(service);
    const owners = ownersOf(components);
    if (components.length === 0) {
      return `for service ${namespace}/${name}, which no component of the catalog names in mesh-dr.io/host: have its owner register one, or ask a platform operator`;
    }
    return `for service ${namespace}/${name}; ask ${
      owners.length > 0 ? `its owners (${owners.join(', ')})` : 'its owner'
    } or a platform operator`;
  }

  private async components(service: ServiceResource) {
    const { meshId } = service;
    // An unknown mesh is reported by what is done with it; components that name no mesh count for it, too.
    const mesh = await this.deps.fleet.require(meshId).then(
      known => ({ id: known.mesh.serviceMeshId, name: known.mesh.name }),
      () => ({ id: meshId, name: meshId }),
    );
    return this.deps.catalog.components(mesh, service, FRESH_MS);
  }
}
