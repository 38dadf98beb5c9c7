import type { MemberCluster } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** What a template puts on the member clusters of a mesh. */
export type RolloutKind = 'bookinfo' | 'service' | 'gateway';

/** What the forms of these templates hold, as far as the plan depends on it. */
export interface RolloutForm {
  mesh?: string;
  namespace?: string;
  name?: string;
  version?: string;
  replicas?: number;
  layout?: 'split' | 'full';
  firstRegion?: string;
  secondRegion?: string;
  takeAway?: boolean;
}

/** A Deployment or gateway on one cluster. */
export interface Workload {
  name: string;
  pods: number;
}

function reviewsOf(form: RolloutForm, region: string): Workload[] {
  const { layout, firstRegion, secondRegion, takeAway } = form;
  const isFirst = region === firstRegion;
  const everywhere = layout === 'full';
  const versions = [
    ...(everywhere || isFirst ? ['v1'] : []),
    ...(everywhere || region === secondRegion ? ['v2'] : []),
    ...(everywhere ? ['v3'] : []),
  ];
  return versions.map(version => ({
    name: `reviews-${version}`,
    pods: takeAway && isFirst && version === 'v1' ? 0 : 1,
  }));
}

/** What one cluster gets. */
export function workloadsOf(
  kind: RolloutKind,
  form: RolloutForm,
  { region }: Pick<MemberCluster, 'region'>,
): Workload[] {
  const { name = '', version = 'v1', replicas = 2 } = form;
  switch (kind) {
    case 'gateway':
      return [{ name, pods: replicas }];
    case 'service':
      return [{ name: `${name}-${version}`, pods: replicas }];
    default:
      return [
        ...['details-v1', 'productpage-v1', 'ratings-v1'].map(workload => ({
          name: workload,
          pods: 1,
        })),
        ...reviewsOf(form, region),
      ];
  }
}
