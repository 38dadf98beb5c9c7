export * from './spec';
export * from './types';
export { TAG_UID } from './tags';
export { defaultPace } from './pace';
export { buildGraph, walk, type GraphNode, type Outcome } from './graph';
export { environmentResources, type EnvironmentOutputs } from './environment';
export {
  criticalPath,
  planEnvironment,
  type EnvironmentPlan,
  type PlannedAction,
  type PlannedResource,
} from './plan';
export {
  provisionEnvironment,
  type ProvisionOptions,
  type ProvisionReport,
} from './provision';
export { driftOfEnvironment } from './drift';
export type { Permissions } from './reshape';
export {
  destroyEnvironment,
  planDestroy,
  type DestroyOptions,
  type DestroyReport,
} from './destroy';
export { findEnvironment, isEmpty, type FoundEnvironment } from './find';
export { environmentRemovals, type Removal } from './removals';
export { resolveMeshVersion } from './resources/mesh';
