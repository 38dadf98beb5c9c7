import { Cloud } from '../../cloud';
import type { RoaCall } from '../../operation';
import { clusterOf } from './find';
import { integer } from './paging';
import { refuse } from './refuse';

/** Without TemporaryDurationMinutes the certificate lives three years. */
const LONG_LIVED_MINUTES = 3 * 365 * 24 * 60;

/** DescribeClusterUserKubeconfig. */
export function userConfig(call: RoaCall, cloud: Cloud) {
  const cluster = clusterOf(call, cloud);
  const minutes = integer(call, 'TemporaryDurationMinutes', {
    min: 15,
    max: 4320,
    fallback: LONG_LIVED_MINUTES,
  });
  const kube = cloud.kube.get(cluster.clusterId);
  if (!kube || !cluster.apiServerUp) {
    throw refuse(
      'ErrorClusterNotReady',
      `The API server of the cluster ${cluster.clusterId} is not up yet.`,
    );
  }
  const intranet = call.query.get('PrivateIpAddress') === 'true';
  if (!intranet && !cluster.endpointPublicAccess) {
    throw refuse(
      'ErrorPublicEndpointNotFound',
      `The cluster ${cluster.clusterId} has no public API server endpoint: ask with PrivateIpAddress=true, or bind an EIP with ModifyCluster (api_server_eip).`,
    );
  }
  const { yaml, expiresAt } = kube.kubeconfig({
    ttlMs: minutes * 60_000,
    ...(intranet ? { server: `https://${cluster.intranetIp}:6443` } : {}),
  });
  return { config: yaml, expiration: expiresAt };
}
