/** Objects of Kubernetes that ASM itself works with. */

export const NAMESPACES = { group: '', version: 'v1', resource: 'namespaces' };

export const ISTIO_GATEWAYS = {
  group: 'istio.alibabacloud.com',
  version: 'v1beta1',
  resource: 'istiogateways',
};

/** Holds the gateways, on the control plane and on every member. */
export const SYSTEM_NAMESPACE = 'istio-system';

/** Marks the namespace that ASM itself made on a member. */
export const OWNER_LABEL = 'asm.alibabacloud.com/mesh-id';
