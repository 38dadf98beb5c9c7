import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { CatalogDirectory } from './CatalogDirectory';
import { DirectoryEntityProvider } from './provider';

/** Module of the catalog: entities that `dr:catalog:register` has written. */
export const catalogModuleMeshDrEnvironments = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'mesh-dr-environments',
  register(env) {
    env.registerInit({
      deps: {
        catalog: catalogProcessingExtensionPoint,
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
      },
      async init({ catalog, config, logger, scheduler }) {
        catalog.addEntityProvider(
          new DirectoryEntityProvider({
            directory: CatalogDirectory.fromConfig(config),
            logger,
            schedule: scheduler.createScheduledTaskRunner({
              frequency: { seconds: 30 },
              timeout: { seconds: 30 },
              // Every process has a catalog connection of its own to keep current.
              scope: 'local',
            }),
          }),
        );
      },
    });
  },
});
