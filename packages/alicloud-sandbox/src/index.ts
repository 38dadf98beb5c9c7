/**
 * A local Alibaba Cloud: signed OpenAPI, ACK and ASM Kubernetes API servers, and a mesh data plane that carries real HTTP.
 *
 * @packageDocumentation
 */
export { main } from './cli';
export {
  DEFAULT_TIME_SCALE,
  DEMO_ACCESS_KEY_ID,
  DEMO_ACCESS_KEY_SECRET,
  startSandbox,
  type Sandbox,
  type SandboxOptions,
} from './sandbox';
export { DURATIONS, type Step } from './openapi/durations';
export type {
  CloudView,
  KubeCluster,
  KubeFleet,
  NetworkEnd,
  Reachability,
  SandboxLog,
} from './contract';
