/** What the form of the template `multi-region-mesh` holds, as far as the plan depends on it. */
export interface EnvironmentForm {
  name?: string;
  account?: string;
  network?: unknown;
  bandwidthMbps?: number;
  instanceType?: string;
  nodes?: number;
  kubernetesVersion?: string;
  istioVersion?: string;
  edition?: string;
  apiServerAccess?: string;
}

/** The spec that the template makes of its form. */
export function specOf(form: EnvironmentForm): Record<string, unknown> {
  return {
    name: form.name,
    account: form.account,
    network: form.network,
    cen: { bandwidthMbps: form.bandwidthMbps, bandwidthType: 'DataTransfer' },
    clusters: {
      instanceTypes: [form.instanceType],
      nodes: form.nodes,
      kubernetesVersion: form.kubernetesVersion,
    },
    mesh: { istioVersion: form.istioVersion, edition: form.edition },
    apiServerAccess: form.apiServerAccess,
  };
}
