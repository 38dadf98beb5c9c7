import type {
  AuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type { MeshDrApi } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  AlicloudAccounts,
  KubernetesConnector,
  Pace,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { CatalogDirectory } from './catalog/CatalogDirectory';
import type { ApplyPolicy } from './kubernetes/policy';

/** What the actions work with; everything that a test may want to replace. */
export interface ActionDeps {
  auth: AuthService;
  permissions: PermissionsService;
  accounts: AlicloudAccounts;
  kubernetes: KubernetesConnector;
  /** The mesh-dr backend's REST API. */
  meshDr: MeshDrApi;
  catalog: CatalogDirectory;
  applyPolicy: ApplyPolicy;
  /** Patience of waits; tests shorten it. */
  pace?: Partial<Pace>;
}
