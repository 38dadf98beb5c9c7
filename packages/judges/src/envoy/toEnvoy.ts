import type { EnvoyCluster, OutlierSettings, RetryPolicy } from './model';

/** A route of the judge's listener: everything under `/<cluster>` goes to that cluster. */
export interface JudgeRoute {
  retry?: RetryPolicy;
  /** Upper end of the pause before a first retry; default: Envoy's 25 ms. */
  backoffMs?: number;
  timeoutMs?: number;
  /** Envoy's fault filter for this route. */
  fault?: unknown;
  /** Envoy's hash policy for this route. */
  hashHeader?: string;
}

/** Path that Envoy's worker thread answers by itself. */
export const BARRIER = '/-/barrier';

const seconds = (ms: number) => `${ms / 1000}s`;

/** The model's cluster as Envoy's CDS writes it; its endpoints are in an EDS file of their own, which Envoy watches. */
export function cdsOf(cluster: EnvoyCluster, edsFile: string): unknown {
  const limits = cluster.circuitBreakers;
  return {
    name: cluster.name,
    type: 'EDS',
    eds_cluster_config: {
      eds_config: { path_config_source: { path: edsFile } },
    },
    connect_timeout: seconds(cluster.connectTimeoutMs),
    lb_policy: cluster.lbPolicy,
    ...(cluster.hash && {
      ring_hash_lb_config: { minimum_ring_size: cluster.hash.minRingSize },
    }),
    common_lb_config: {
      healthy_panic_threshold: { value: cluster.panicThreshold },
      ...(cluster.localityWeighted && { locality_weighted_lb_config: {} }),
    },
    ...(cluster.outlier && { outlier_detection: outlierOf(cluster.outlier) }),
    circuit_breakers: {
      thresholds: [
        {
          max_connections: limits?.maxConnections ?? 4294967295,
          max_pending_requests: limits?.maxPendingRequests ?? 4294967295,
          max_requests: limits?.maxRequests ?? 4294967295,
          max_retries: limits?.maxRetries ?? 4294967295,
        },
      ],
    },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type':
          'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http_protocol_options: {} },
        common_http_protocol_options: {
          ...(cluster.maxRequestsPerConnection && {
            max_requests_per_connection: cluster.maxRequestsPerConnection,
          }),
          ...(cluster.idleTimeoutMs && {
            idle_timeout: seconds(cluster.idleTimeoutMs),
          }),
        },
      },
    },
  };
}

/** The model's endpoints as Envoy's EDS writes them. */
export function edsOf(cluster: EnvoyCluster): unknown {
  return {
    cluster_name: cluster.name,
    endpoints: cluster.groups.map(group => ({
      locality: {
        region: group.locality.region,
        zone: group.locality.zone,
        sub_zone: group.locality.subzone,
      },
      priority: group.priority,
      load_balancing_weight: group.weight,
      lb_endpoints: group.endpoints.map(endpoint => ({
        health_status: endpoint.healthy ? 'HEALTHY' : 'UNHEALTHY',
        load_balancing_weight: endpoint.weight,
        endpoint: {
          address: {
            socket_address: { address: endpoint.ip, port_value: endpoint.port },
          },
        },
      })),
    })),
  };
}

/** The model's retry policy as istiod writes it. */
export function retryOf(retry: RetryPolicy, backoffMs?: number): unknown {
  const words = [
    retry.connectFailure && 'connect-failure',
    retry.on5xx && '5xx',
    retry.onGatewayError && 'gateway-error',
    retry.onReset && 'reset',
    retry.statusCodes.length > 0 && 'retriable-status-codes',
  ].filter(Boolean);
  return {
    retry_on: words.join(','),
    num_retries: retry.attempts,
    ...(backoffMs && {
      retry_back_off: { base_interval: seconds(backoffMs) },
    }),
    retriable_status_codes: retry.statusCodes,
    host_selection_retry_max_attempts: 5,
    retry_host_predicate: [
      {
        name: 'envoy.retry_host_predicates.previous_hosts',
        typed_config: {
          '@type':
            'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
        },
      },
    ],
    ...(retry.perTryTimeoutMs && {
      per_try_timeout: seconds(retry.perTryTimeoutMs),
    }),
    ...(retry.remoteLocalities && {
      retry_priority: {
        name: 'envoy.retry_priorities.previous_priorities',
        typed_config: {
          '@type':
            'type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig',
          update_frequency: 2,
        },
      },
    }),
  };
}

/** One listener whose routes lead to the clusters by the first segment of the path. */
export function listenerOf(
  clusters: EnvoyCluster[],
  routes: Map<string, JudgeRoute>,
): unknown {
  const router = filter('envoy.filters.http.router', {
    '@type':
      'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
  });
  const fault = filter('envoy.filters.http.fault', {
    '@type':
      'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault',
  });
  return {
    name: 'judge',
    address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
    filter_chains: [
      {
        filters: [
          filter('envoy.filters.network.http_connection_manager', {
            '@type':
              'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            stat_prefix: 'judge',
            http_filters: [fault, router],
            route_config: {
              name: 'judge',
              virtual_hosts: [
                {
                  name: 'judge',
                  domains: ['*'],
                  routes: [
                    {
                      match: { path: BARRIER },
                      direct_response: { status: 200 },
                    },
                    ...clusters.map(c => routeOf(c, routes.get(c.name) ?? {})),
                  ],
                },
              ],
            },
          }),
        ],
      },
    ],
  };
}

function routeOf(cluster: EnvoyCluster, route: JudgeRoute): unknown {
  return {
    match: { path_separated_prefix: `/${cluster.name}` },
    route: {
      cluster: cluster.name,
      timeout: seconds(route.timeoutMs ?? 0),
      ...(route.retry && {
        retry_policy: retryOf(route.retry, route.backoffMs),
      }),
      ...(route.hashHeader && {
        hash_policy: [{ header: { header_name: route.hashHeader } }],
      }),
    },
    ...(route.fault !== undefined && {
      typed_per_filter_config: {
        'envoy.filters.http.fault': {
          '@type':
            'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault',
          ...(route.fault as object),
        },
      },
    }),
  };
}

function outlierOf(outlier: OutlierSettings): unknown {
  return {
    consecutive_5xx: outlier.consecutive5xx,
    enforcing_consecutive_5xx: outlier.consecutive5xx > 0 ? 100 : 0,
    consecutive_gateway_failure: outlier.consecutiveGateway,
    enforcing_consecutive_gateway_failure:
      outlier.consecutiveGateway > 0 ? 100 : 0,
    enforcing_success_rate: 0,
    split_external_local_origin_errors: outlier.splitLocalOrigin,
    ...(outlier.splitLocalOrigin && {
      consecutive_local_origin_failure: outlier.consecutiveLocalOrigin,
      enforcing_consecutive_local_origin_failure: 100,
      enforcing_local_origin_success_rate: 0,
    }),
    interval: seconds(outlier.intervalMs),
    base_ejection_time: seconds(outlier.baseEjectionMs),
    max_ejection_time: seconds(outlier.maxEjectionMs),
    max_ejection_percent: outlier.maxEjectionPercent,
  };
}

function filter(name: string, config: unknown): unknown {
  return { name, typed_config: config };
}
