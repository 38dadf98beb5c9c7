import { regionById, REGIONS, regionOfZone, similarRegion } from './regions';
import type { NetworkFinding, NetworkPlan } from './types';

const NAME = /^[A-Za-z\u4e00-\u9fa5][A-Za-z0-9\u4e00-\u9fa5._-]{0,126}$/;

/** Findings about names, regions, zones and who refers to whom. */
export function checkNames(plan: NetworkPlan): NetworkFinding[] {
  return [
    ...checkNaming(plan),
    ...checkRegions(plan),
    ...checkReferences(plan),
    ...checkExistingParts(plan),
    ...checkSpread(plan),
  ];
}

interface Named {
  what: string;
  path: string;
  name: string;
}

function checkNaming(plan: NetworkPlan): NetworkFinding[] {
  const groups: Named[][] = [
    plan.vpcs.map((vpc, i) => ({
      what: 'VPC',
      path: `vpcs[${i}].name`,
      name: vpc.name,
    })),
    plan.vpcs.flatMap((vpc, i) =>
      vpc.vswitches.map((vswitch, j) => ({
        what: 'vSwitch',
        path: `vpcs[${i}].vswitches[${j}].name`,
        name: vswitch.name,
      })),
    ),
    plan.clusters.map((cluster, i) => ({
      what: 'cluster',
      path: `clusters[${i}].name`,
      name: cluster.name,
    })),
    [{ what: 'mesh', path: 'mesh.name', name: plan.mesh.name }],
  ];
  return groups.flatMap(group =>
    group.flatMap(({ what, path, name }, index): NetworkFinding[] => {
      if (!NAME.test(name ?? '') || /^https?:\/\//.test(name)) {
        return [
          {
            id: 'bad-name',
            severity: 'error',
            path,
            value: name ?? '',
            message: `"${
              name ?? ''
            }" is no name for a ${what}: it must begin with a letter and hold letters, digits, ".", "_" and "-" only, at most 127.`,
            remedy: `Choose a name such as ${
              what === 'mesh' ? 'mesh-1' : 'hangzhou-1'
            }.`,
          },
        ];
      }
      const first = group.findIndex(other => other.name === name);
      return first === index
        ? []
        : [
            {
              id: 'duplicate-name',
              severity: 'error',
              path,
              value: name,
              otherPath: group[first].path,
              otherValue: name,
              message: `Two of the plan's ${what}s are named "${name}"; the name is how a resource is found again.`,
              remedy: 'Rename one of them.',
            },
          ];
    }),
  );
}

function checkRegions(plan: NetworkPlan): NetworkFinding[] {
  const places = [
    ...plan.vpcs.map((vpc, i) => ({
      path: `vpcs[${i}].region`,
      region: vpc.region,
    })),
    ...plan.clusters.map((cluster, i) => ({
      path: `clusters[${i}].region`,
      region: cluster.region,
    })),
    { path: 'mesh.region', region: plan.mesh.region },
  ];
  const unknown = places
    .filter(({ region }) => !regionById(region))
    .map(({ path, region }): NetworkFinding => {
      const similar = similarRegion(region ?? '');
      return {
        id: 'unknown-region',
        severity: 'error',
        path,
        value: region ?? '',
        message: `"${region ?? ''}" is no region of Alibaba Cloud.${
          similar ? ` Did you mean ${similar}?` : ''
        }`,
        remedy: `Choose a region id, e.g. ${similar ?? REGIONS[0].id}.`,
      };
    });
  const zones = plan.vpcs.flatMap((vpc, i) =>
    vpc.vswitches.flatMap(({ zone, name }, j): NetworkFinding[] =>
      !zone || regionOfZone(zone) === vpc.region
        ? []
        : [
            {
              id: 'zone-outside-region',
              severity: 'error',
              path: `vpcs[${i}].vswitches[${j}].zone`,
              value: zone,
              otherPath: `vpcs[${i}].region`,
              otherValue: vpc.region,
              message: `vSwitch ${name} is in zone ${zone}, which does not belong to ${vpc.region}, the region of its VPC ${vpc.name}.`,
              remedy: `Choose a zone of ${vpc.region}${
                regionById(vpc.region)
                  ? `: ${regionById(vpc.region)!.zones.join(', ')}`
                  : ''
              }, or leave it empty.`,
            },
          ],
    ),
  );
  return [...unknown, ...zones];
}

/** A vSwitch that exists already lies in a VPC that exists already. */
function checkExistingParts(plan: NetworkPlan): NetworkFinding[] {
  return plan.vpcs.flatMap((vpc, i) =>
    vpc.vswitches.flatMap(({ vSwitchId, name }, j): NetworkFinding[] =>
      !vSwitchId || vpc.vpcId
        ? []
        : [
            {
              id: 'existing-vswitch-in-new-vpc',
              severity: 'error',
              path: `vpcs[${i}].vswitches[${j}].vSwitchId`,
              value: vSwitchId,
              otherPath: `vpcs[${i}].vpcId`,
              otherValue: '',
              message: `vSwitch ${name} is to be the existing ${vSwitchId}, but its VPC ${vpc.name} is to be made: a vSwitch cannot move into another VPC.`,
              remedy: `Give the VPC's id in vpcs[${i}].vpcId, or leave vSwitchId out.`,
            },
          ],
    ),
  );
}

function checkReferences(plan: NetworkPlan): NetworkFinding[] {
  const users = [
    ...plan.clusters.map((cluster, i) => ({
      who: `Cluster ${cluster.name}`,
      path: `clusters[${i}]`,
      vpc: cluster.vpc,
      region: cluster.region,
    })),
    {
      who: `Mesh ${plan.mesh.name}`,
      path: 'mesh',
      vpc: plan.mesh.vpc,
      region: plan.mesh.region,
    },
  ];
  return users.flatMap(({ who, path, vpc, region }): NetworkFinding[] => {
    const index = plan.vpcs.findIndex(({ name }) => name === vpc);
    if (index < 0) {
      return [
        {
          id: 'unknown-vpc',
          severity: 'error',
          path: `${path}.vpc`,
          value: vpc ?? '',
          message: `${who} refers to VPC "${
            vpc ?? ''
          }", which the plan does not have.`,
          remedy: `Name one of the plan's VPCs: ${
            plan.vpcs.map(({ name }) => name).join(', ') || 'none yet, add one'
          }.`,
        },
      ];
    }
    const found = plan.vpcs[index];
    const findings: NetworkFinding[] = [];
    if (found.region !== region) {
      findings.push({
        id: 'vpc-in-other-region',
        severity: 'error',
        path: `${path}.vpc`,
        value: vpc,
        otherPath: `vpcs[${index}].region`,
        otherValue: found.region,
        message: `${who} is in ${region}, but its VPC ${vpc} is in ${found.region}; a VPC exists in one region only.`,
        remedy: `Choose a VPC in ${region}.`,
      });
    }
    if (found.vswitches.length === 0) {
      findings.push({
        id: 'no-vswitch',
        severity: 'error',
        path: `vpcs[${index}].vswitches`,
        value: '',
        message: `VPC ${vpc} has no vSwitch, but ${who} must be placed in one.`,
        remedy: 'Add a vSwitch to the VPC.',
      });
    }
    return findings;
  });
}

function checkSpread(plan: NetworkPlan): NetworkFinding[] {
  const regions = new Set(plan.clusters.map(({ region }) => region));
  return regions.size >= 2
    ? []
    : [
        {
          id: 'single-region',
          severity: 'error',
          path: 'clusters',
          value: [...regions].join(', '),
          message: `All clusters are in ${
            [...regions].join(', ') || 'no region'
          }; disaster recovery needs clusters in at least two regions.`,
          remedy: 'Add a cluster in another region.',
        },
      ];
}
