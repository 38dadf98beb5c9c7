import {
  allocateNetworkPlan,
  type ClusterPlan,
  type NetworkPlan,
  type VpcPlan,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** A name nobody in the list has: `vpc-beijing`, `vpc-beijing-2`, … */
function freeName(wanted: string, taken: string[]): string {
  let name = wanted;
  for (let n = 2; taken.includes(name); n++) name = `${wanted}-${n}`;
  return name;
}

const shortRegion = (region: string) => region.replace(/^cn-/, '');

/** All ranges of a plan that a new part has to keep clear of. */
function rangesOf(plan: NetworkPlan): string[] {
  return [
    ...plan.vpcs.map(vpc => vpc.cidr),
    ...plan.clusters.flatMap(cluster => [
      cluster.podCidr ?? '',
      cluster.serviceCidr,
    ]),
  ];
}

/** One more region: a VPC with a vSwitch and a cluster in it, in free ranges. */
export function addRegion(plan: NetworkPlan, region: string): NetworkPlan {
  // The allocator plans for two regions at least; the first of them is only there to be dropped.
  const other = region === 'cn-hangzhou' ? 'cn-shanghai' : 'cn-hangzhou';
  const made = allocateNetworkPlan([region, other], { taken: rangesOf(plan) });
  const vpc = made.vpcs.find(item => item.region === region)!;
  const cluster = made.clusters.find(item => item.region === region)!;
  const name = freeName(
    `vpc-${shortRegion(region)}`,
    plan.vpcs.map(item => item.name),
  );
  return {
    ...plan,
    vpcs: [
      ...plan.vpcs,
      {
        ...vpc,
        name,
        vswitches: vpc.vswitches.map((vswitch, i) => ({
          ...vswitch,
          name: `${name}-switch-${i + 1}`,
        })),
      },
    ],
    clusters: [
      ...plan.clusters,
      {
        ...cluster,
        vpc: name,
        networkPlugin: plan.clusters[0]?.networkPlugin ?? 'flannel',
        name: freeName(
          `ack-${shortRegion(region)}`,
          plan.clusters.map(item => item.name),
        ),
      },
    ],
  };
}

/** Changes a VPC; clusters and mesh follow its new name or region. */
export function changeVpc(
  plan: NetworkPlan,
  index: number,
  change: Partial<VpcPlan>,
): NetworkPlan {
  const before = plan.vpcs[index];
  const after = { ...before, ...change };
  const follow = <T extends { vpc: string; region: string }>(user: T): T =>
    user.vpc === before.name
      ? { ...user, vpc: after.name, region: after.region }
      : user;
  return {
    ...plan,
    vpcs: plan.vpcs.map((vpc, i) => (i === index ? after : vpc)),
    clusters: plan.clusters.map(follow),
    mesh: follow(plan.mesh),
  };
}

/** Takes a VPC out, with the clusters in it; the mesh has to be given another one. */
export function removeVpc(plan: NetworkPlan, index: number): NetworkPlan {
  const { name } = plan.vpcs[index];
  return {
    ...plan,
    vpcs: plan.vpcs.filter((_, i) => i !== index),
    clusters: plan.clusters.filter(cluster => cluster.vpc !== name),
  };
}

/** One more vSwitch, its range left to be filled. */
export function addVSwitch(plan: NetworkPlan, index: number): NetworkPlan {
  const vpc = plan.vpcs[index];
  return changeVpc(plan, index, {
    vswitches: [
      ...vpc.vswitches,
      {
        name: freeName(
          `${vpc.name}-switch-${vpc.vswitches.length + 1}`,
          vpc.vswitches.map(item => item.name),
        ),
        cidr: '',
      },
    ],
  });
}

/** Changes a cluster; its region is that of the VPC it lies in. */
export function changeCluster(
  plan: NetworkPlan,
  index: number,
  change: Partial<ClusterPlan>,
): NetworkPlan {
  const after = { ...plan.clusters[index], ...change };
  const vpc = plan.vpcs.find(item => item.name === after.vpc);
  if (vpc) after.region = vpc.region;
  if (after.networkPlugin === 'terway') delete after.podCidr;
  return {
    ...plan,
    clusters: plan.clusters.map((cluster, i) =>
      i === index ? after : cluster,
    ),
  };
}

/** A VPC that exists takes the place of one to be made; `vswitches` are those it has. */
export function adoptVpc(
  plan: NetworkPlan,
  index: number,
  vpc: { id: string; cidr: string },
  vswitches: { id: string; name: string; cidr: string; zone: string }[],
): NetworkPlan {
  return changeVpc(plan, index, {
    vpcId: vpc.id,
    cidr: vpc.cidr,
    vswitches: vswitches.length
      ? vswitches.map(({ id, name, cidr, zone }) => ({
          name: name || id,
          vSwitchId: id,
          cidr,
          zone,
        }))
      : plan.vpcs[index].vswitches.map(item => ({ ...item, cidr: '' })),
  });
}
