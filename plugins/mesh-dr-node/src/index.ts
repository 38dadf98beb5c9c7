/**
 * The input and output mechanisms of Mesh DR: the Alibaba Cloud client, the connections to Kubernetes API servers and
 * the provisioning engine.
 *
 * @packageDocumentation
 */
export * from './alicloud/types';
export * from './alicloud/accounts';
export { AlicloudError } from './alicloud/errors';
export { localityParameters } from './alicloud/meshLocality';
export {
  OPERATIONS,
  RAM_PREFIX,
  ramActions,
  type OperationKind,
  type Product,
} from './alicloud/operations';
export {
  DEFAULT_RATES,
  UNLIMITED_RATES,
  type CallRate,
  type CallRates,
} from './alicloud/rates';
export { ramPolicy, type RamPolicy } from './alicloud/ramPolicy';
export * from './config';
export * from './deadline';
export {
  examineAccount,
  formatReport,
  type DoctorReport,
} from './doctor/doctor';
export * from './kubernetes/types';
export * from './kubernetes/apply';
export * from './kubernetes/connect';
export { objectName, pluralOf } from './kubernetes/paths';
export * from './kubernetes/rollout';
export * from './provision';
