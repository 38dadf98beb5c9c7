/**
 * Fleet, topology, locality changes and cluster membership of Alibaba Cloud Service Mesh, as REST.
 *
 * @packageDocumentation
 */
export { meshDrPlugin as default, meshDrPlugin } from './plugin';
export {
  createMeshDrConditionalDecision,
  isServiceOwner,
  meshDrConditions,
  serviceResourceType,
  type OwnedService,
  type ServiceFilter,
} from './access/serviceRules';
