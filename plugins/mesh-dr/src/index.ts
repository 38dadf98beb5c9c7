/**
 * Regional topology, failover and distribution controls as catalog entity content, and the mesh page.
 *
 * @packageDocumentation
 */
export { default } from './plugin';
export { meshDrApiRef } from './api/meshDrApiRef';
export { meshDrTranslationRef } from './translation/ref';
