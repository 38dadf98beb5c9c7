import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { MeshDrClient } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  alicloudServiceRef,
  kubernetesServiceRef,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { createActions } from './actions';
import { CatalogDirectory } from './catalog/CatalogDirectory';
import { readApplyPolicy } from './kubernetes/policy';

/** Module of the scaffolder: the `dr:` actions. */
export const scaffolderModuleMeshDr = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'mesh-dr',
  register(env) {
    env.registerInit({
      deps: {
        scaffolder: scaffolderActionsExtensionPoint,
        auth: coreServices.auth,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        permissions: coreServices.permissions,
        accounts: alicloudServiceRef,
        kubernetes: kubernetesServiceRef,
      },
      async init({
        scaffolder,
        auth,
        config,
        discovery,
        permissions,
        accounts,
        kubernetes,
      }) {
        scaffolder.addActions(
          ...createActions({
            auth,
            permissions,
            accounts,
            kubernetes,
            meshDr: new MeshDrClient({ discoveryApi: discovery }),
            catalog: CatalogDirectory.fromConfig(config),
            applyPolicy: readApplyPolicy(config),
          }),
        );
      },
    });
  },
});
