/**
 * Regional topology, failover and distribution controls as catalog entity content, and the mesh page.
 *
 * @packageDocumentation
 */
export { default } from './plugin';
export { meshDrApiRef } from './api/meshDrApiRef';
export {
  ServiceCheckBlueprint,
  ServicePanelBlueprint,
} from './additions/blueprints';
export type * from './additions/types';
export { meshDrTranslationRef } from './translation/ref';
