import type { LocalityLbSetting, ModelVersions } from './types';

const NEAR = [
  'topology.istio.io/network',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
];
const SUBZONE = 'topology.istio.io/subzone';
const NODE = 'kubernetes.io/hostname';

/**
 * The locality setting istiod makes of a Service's `trafficDistribution`; undefined where the release does not heed it.
 * Such a setting forms priorities without outlier detection, too. Istio ≥ 1.25 knows `PreferClose`; ≥ 1.27 also
 * `PreferSameZone` and `PreferSameNode`, and leaves the subzone out of `PreferClose` (istio
 * `pilot/pkg/networking/core/loadbalancer/loadbalancer.go`: GetLocalityLbSetting).
 */
export function trafficDistributionSetting(
  value: string | undefined,
  versions: Partial<ModelVersions> | undefined,
): LocalityLbSetting | undefined {
  const known = versions?.trafficDistribution;
  if (!known) {
    return undefined;
  }
  const sameZone = known === 'same-zone-and-node';
  switch (value?.toLowerCase()) {
    case 'preferclose':
      return prefer(sameZone ? NEAR : [...NEAR, SUBZONE]);
    case 'prefersamezone':
      return sameZone ? prefer(NEAR) : undefined;
    case 'prefersamenode':
      return sameZone ? prefer([...NEAR, SUBZONE, NODE]) : undefined;
    default:
      return undefined;
  }
}

function prefer(failoverPriority: string[]): LocalityLbSetting {
  return { enabled: true, failoverPriority };
}
