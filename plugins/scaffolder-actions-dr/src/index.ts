/**
 * Scaffolder actions that build, change and remove multi-region environments, and the catalog module that keeps the
 * entities they register. The default export brings both.
 *
 * @packageDocumentation
 */
import { createBackendFeatureLoader } from '@backstage/backend-plugin-api';
import { catalogModuleMeshDrEnvironments } from './catalog/module';
import { scaffolderModuleMeshDr } from './module';

export { catalogModuleMeshDrEnvironments, scaffolderModuleMeshDr };

export default createBackendFeatureLoader({
  *loader() {
    yield scaffolderModuleMeshDr;
    yield catalogModuleMeshDrEnvironments;
  },
});
