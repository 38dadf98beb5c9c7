import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { MeshDrClient } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { CatalogDirectory } from './CatalogDirectory';
import { FleetEntityProvider } from './FleetEntityProvider';
import { DirectoryEntityProvider } from './DirectoryEntityProvider';

/** Module of the catalog: what `dr:catalog:register` has written, and the environments, meshes and clusters there are. */
export const catalogModuleMeshDrEnvironments = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'mesh-dr-environments',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogProcessingExtensionPoint,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
      },
      async init({ auth, catalog, config, discovery, logger, scheduler }) {
        // Every process has a catalog connection of its own to keep current.
        const schedule = scheduler.createScheduledTaskRunner({
          frequency: { seconds: 30 },
          timeout: { seconds: 30 },
          scope: 'local',
        });
        catalog.addEntityProvider(
          new DirectoryEntityProvider({
            directory: CatalogDirectory.fromConfig(config),
            logger,
            schedule,
          }),
        );
        catalog.addEntityProvider(
          new FleetEntityProvider({
            meshDr: new MeshDrClient({ discoveryApi: discovery }),
            request: async () =>
              auth.getPluginRequestToken({
                onBehalfOf: await auth.getOwnServiceCredentials(),
                targetPluginId: 'mesh-dr',
              }),
            defaultOwner:
              config.getOptionalString('meshDr.catalog.defaultOwner') ??
              'unknown',
            logger,
            schedule,
          }),
        );
      },
    });
  },
});
