/**
 * The model of a mesh proxy by itself: give it hosts, weights and a clock, and ask it which host it picks, what it
 * ejects and what it retries. Its judge compares it with a real Envoy.
 *
 * @packageDocumentation
 */
export { Proxy } from './proxy';
export type { ClusterStats } from './envoy/cluster';
export type { Attempt, ProxyResult, RouteAction } from './proxy';
export { buildCluster } from './istiod/config';
export type { ProxyIdentity } from './istiod/config';
export { retryPolicy } from './istiod/retries';
export { route } from './istiod/routes';
export type { RouteDecision, RouteQuery } from './istiod/routes';
export type { ClusterView, ServiceEndpoint, ServiceView } from './clusterView';
export type { MeshSnapshot } from './registry';
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
  PodView,
  RandomSource,
  RetryPolicy,
  Transport,
} from './types';
