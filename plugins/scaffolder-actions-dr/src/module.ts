import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { scaffolderAutocompleteExtensionPoint } from '@backstage/plugin-scaffolder-node/alpha';
import { MeshDrClient } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  alicloudServiceRef,
  kubernetesServiceRef,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { createActions } from './actions';
import {
  AUTOCOMPLETE_PROVIDER,
  createAutocomplete,
} from './autocomplete/provider';
import { CatalogDirectory } from './catalog/CatalogDirectory';
import { readApplyPolicy } from './kubernetes/policy';

/** Module of the scaffolder: the `dr:` actions, and suggestions of cloud resources for forms. */
export const scaffolderModuleMeshDr = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'mesh-dr',
  register(env) {
    env.registerInit({
      deps: {
        scaffolder: scaffolderActionsExtensionPoint,
        autocomplete: scaffolderAutocompleteExtensionPoint,
        auth: coreServices.auth,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        permissions: coreServices.permissions,
        accounts: alicloudServiceRef,
        kubernetes: kubernetesServiceRef,
      },
      async init({
        scaffolder,
        autocomplete,
        auth,
        config,
        discovery,
        permissions,
        accounts,
        kubernetes,
      }) {
        autocomplete.addAutocompleteProvider({
          id: AUTOCOMPLETE_PROVIDER,
          handler: createAutocomplete({ accounts, auth, permissions }),
        });
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
