import { InputError } from '@backstage/errors';
import { checkNetworkPlan } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Alicloud, CallOptions } from '../alicloud/types';
import { regionsOf } from './environment';
import { compareMeshVersions, resolveMeshVersion } from './resources/mesh';
import { usableZones } from './resources/vswitch';
import { existingRanges, vSwitchClashes } from './existing';
import { stockProblem } from './stock';
import { findingText, type EnvironmentSpec } from './spec';

/**
 * Checks against the cloud what only the cloud knows, before anything is created: the key works, regions and zones exist,
 * versions are offered, worker nodes can be bought, and the plan clashes with nothing that is there already.
 *
 * @throws InputError listing every problem with field, value and remedy; the cloud's own error for a wrong key
 */
export async function preflightSpec(
  cloud: Alicloud,
  spec: EnvironmentSpec,
  call: CallOptions,
): Promise<void> {
  await cloud.sts.getCallerIdentity(call);
  const problems: string[] = [];
  const known = (await cloud.vpc.describeRegions(call)).map(
    region => region.regionId,
  );
  const wanted = regionsOf(spec);
  spec.network.vpcs.forEach((vpc, index) => {
    if (!known.includes(vpc.region)) {
      problems.push(
        `network.vpcs[${index}].region = ${
          vpc.region
        }: the cloud has no such region for this account. Known: ${known.join(
          ', ',
        )}`,
      );
    }
  });
  const collect = (error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    problems.push(error.message);
  };
  await Promise.all([
    ...wanted
      .filter(region => known.includes(region))
      .map(async region => {
        const zones = await usableZones({ cloud, call }, region).catch(
          error => {
            collect(error);
            return undefined;
          },
        );
        if (!zones) return;
        const shortages = await Promise.all(
          spec.network.clusters
            .filter(cluster => cluster.region === region)
            .map(cluster => stockProblem(cloud, spec, cluster, zones, call)),
        );
        problems.push(...shortages.filter(problem => problem !== undefined));
        spec.network.vpcs.forEach((vpc, index) => {
          if (vpc.region !== region) return;
          const named = vpc.vswitches.map(vswitch => vswitch.zone);
          if (named.every(zone => zone && !zones.includes(zone))) {
            problems.push(
              `network.vpcs[${index}].vswitches: zone ${named.join(
                ', ',
              )} of VPC ${
                vpc.name
              } does not exist or supports no transit router. At least one vSwitch must lie in ${zones.join(
                ', ',
              )}, or leave the zone empty.`,
            );
          }
        });
      }),
    existingRanges(cloud, spec, call).then(existing =>
      problems.push(
        ...checkNetworkPlan(spec.network, existing)
          .filter(({ id }) => id === 'overlap-existing')
          .map(findingText),
      ),
    ),
    vSwitchClashes(cloud, spec, call).then(found => problems.push(...found)),
    resolveMeshVersion(cloud, spec.mesh, call).catch(collect),
    checkKubernetesVersion(cloud, spec, call).catch(collect),
  ]);
  if (problems.length) {
    throw new InputError(
      `Environment ${spec.name} cannot be provisioned:\n- ${problems.join(
        '\n- ',
      )}`,
    );
  }
}

async function checkKubernetesVersion(
  cloud: Alicloud,
  spec: EnvironmentSpec,
  call: CallOptions,
): Promise<void> {
  const wanted = spec.clusters.kubernetesVersion;
  const regionId = spec.network.clusters[0]?.region;
  if (!wanted || !regionId) return;
  const offered = await cloud.ack.kubernetesVersions({ regionId }, call);
  if (!offered.includes(wanted)) {
    throw new InputError(
      `clusters.kubernetesVersion = ${wanted}: ACK does not offer it. Offered: ${offered
        .sort(compareMeshVersions)
        .join(', ')}`,
    );
  }
}
