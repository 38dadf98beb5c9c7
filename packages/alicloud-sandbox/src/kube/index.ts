export { createKubeFleet, type SimulatedKubeFleet } from './fleet';
export { KubeStatusError } from './status';
