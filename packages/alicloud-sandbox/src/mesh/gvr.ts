import type { GroupVersionResource } from '../contract';

const core = (resource: string): GroupVersionResource => ({
  group: '',
  version: 'v1',
  resource,
});
const istio = (resource: string): GroupVersionResource => ({
  group: 'networking.istio.io',
  version: 'v1beta1',
  resource,
});

/** The kinds the data plane reads or writes. */
export const GVR = {
  namespaces: core('namespaces'),
  nodes: core('nodes'),
  pods: core('pods'),
  secrets: core('secrets'),
  services: core('services'),
  endpointSlices: {
    group: 'discovery.k8s.io',
    version: 'v1',
    resource: 'endpointslices',
  },
  deployments: { group: 'apps', version: 'v1', resource: 'deployments' },
  destinationRules: istio('destinationrules'),
  virtualServices: istio('virtualservices'),
  gateways: istio('gateways'),
  istioGateways: {
    group: 'istio.alibabacloud.com',
    version: 'v1beta1',
    resource: 'istiogateways',
  },
} as const;

/** Same kind, whatever the version it was written with. */
export function sameResource(
  a: GroupVersionResource,
  b: GroupVersionResource,
): boolean {
  return a.group === b.group && a.resource === b.resource;
}
