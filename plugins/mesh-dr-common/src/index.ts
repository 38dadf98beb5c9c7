/**
 * Every decision of Mesh DR as a pure function, and the shapes of its REST API.
 *
 * @packageDocumentation
 */
export * from './annotations';
export * from './claims/labelSelector';
export * from './claims/serviceClaim';
export * from './permissions';
export * from './versions';
export * from './verify';
export * from './api/types';
export * from './api/MeshDrApi';
export * from './api/shiftSchema';
export * from './api/MeshDrClient';
export * from './locality/types';
export * from './locality/rules';
export * from './locality/priorities';
export * from './locality/loadsplit';
export * from './locality/ejection';
export * from './locality/split';
export * from './locality/hops';
export * from './locality/destinationRule';
export * from './locality/effective';
export * from './locality/intent';
export * from './locality/selectRules';
export * from './locality/trafficDistribution';
export * from './locality/apply';
export * from './locality/lintTypes';
export * from './locality/stepMessages';
export * from './locality/lint';
export * from './topology/types';
export * from './billing/billing';
export * from './network/types';
export * from './network/cidr';
export * from './network/regions';
export * from './network/guide';
export * from './network/check';
export * from './network/allocate';
export * from './network/fill';
export * from './api/outages';
export { OutagePredictor } from './topology/outages';
export { RemedyPredictor } from './topology/remedies';
export * from './outage/types';
export { forecastOutage } from './outage/forecast';
export type {
  OutageComparison,
  OutageCost,
  OutageRemedies,
} from './outage/remedies';
export * from './whatif/schema';
export * from './whatif/types';
export { simulate } from './whatif/simulate';
export * from './whatif/snapshot';
export * from './whatif/observed';
export { mergeCalls, type SourcedCall } from './whatif/calls';
export { withSharedRules } from './whatif/ofService';
export * from './topology/build';
export * from './topology/callers';
export * from './topology/entry';
export * from './topology/facts';
export * from './topology/fingerprint';
export * from './topology/gateways';
export { topologyJson } from './topology/json';
export * from './topology/lintContext';
export * from './topology/predict';
export * from './topology/regionLoss';
export * from './topology/verdict';
export * from './topology/snapshotIndex';
export * from './guardrails/types';
export * from './guardrails/freeze';
export * from './guardrails/shift';
export * from './guardrails/traffic';
