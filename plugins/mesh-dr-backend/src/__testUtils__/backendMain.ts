/** A backend with this plugin alone, as a process of its own. It starts when its parent tells it the configuration. */
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { notificationService } from '@backstage/plugin-notifications-node';
import type { JsonObject } from '@backstage/types';
import plugin from '..';

function start(config: JsonObject): Promise<unknown> {
  const backend = createBackend();
  backend.add(plugin);
  backend.add(
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () => new ConfigReader(config),
    }),
  );
  // Neighbours that a portal has, and this one would ask in vain.
  backend.add(catalogServiceMock.factory({ entities: [] }));
  backend.add(
    createServiceFactory({
      service: notificationService,
      deps: {},
      factory: () => ({ send: async () => {} }),
    }),
  );
  return backend.start();
}

process.once('message', async config => {
  await start(config as JsonObject);
  process.send!('started');
});
// Nobody is left who could end it.
process.once('disconnect', () => process.exit());
