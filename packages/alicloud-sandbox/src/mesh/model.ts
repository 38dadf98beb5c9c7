/**
 * The model of a mesh proxy by itself: give it hosts, weights and a clock, and ask it which host it picks, what it
 * ejects and what it retries. Its judge compares it with a real Envoy.
 *
 * @packageDocumentation
 */
export { Proxy } from './proxy';
export type { ClusterStats } from './envoy/cluster';
export type { Attempt, ProxyResult, RouteAction } from './proxy';
export { route } from './istiod/routes';
export type { RouteDecision, RouteQuery } from './istiod/routes';
export { createRandom } from './random';
export { VirtualTime } from './virtualTime';
export type {
  CircuitBreakers,
  DataPlaneTime,
  Endpoint,
  EnvoyCluster,
  HttpRequest,
  HttpResponse,
  Link,
  Locality,
  LocalityGroup,
  OutlierSettings,
  RandomSource,
  RetryPolicy,
  Transport,
} from './types';
