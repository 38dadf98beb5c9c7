import { InputError } from '@backstage/errors';
import type { CallOptions, Alicloud } from '../../alicloud/types';
import type { EnvironmentSpec } from '../spec';
import { carriesKey } from '../tags';
import type { Resource } from '../types';
import {
  keys,
  type MeshOutputs,
  type VpcOutputs,
  type VSwitchOutputs,
} from './common';

const numbers = (version: string) =>
  (version.match(/^v?(\d+(?:\.\d+)*)/)?.[1] ?? '').split('.').map(Number);

/** Orders ASM versions by their up to four numbers; the build suffix does not count. */
export function compareMeshVersions(a: string, b: string): number {
  const left = numbers(a);
  const right = numbers(b);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference) return difference;
  }
  return 0;
}

/** Whether a version is the one wanted, which may be a prefix such as `1.22`. */
function sameVersion(version: string, wanted: string): boolean {
  const prefix = numbers(wanted).join('.');
  return `${numbers(version).join('.')}.`.startsWith(`${prefix}.`);
}

/**
 * The version to ask ASM for.
 *
 * @throws InputError listing what the edition offers
 */
export async function resolveMeshVersion(
  cloud: Alicloud,
  mesh: EnvironmentSpec['mesh'],
  call?: CallOptions,
): Promise<string | undefined> {
  const wanted = mesh.istioVersion;
  if (!wanted) return undefined;
  const offered = await cloud.asm.describeVersions(call);
  const versions =
    offered.find(item => item.edition === mesh.edition)?.versions ??
    offered.flatMap(item => item.versions);
  if (versions.includes(wanted)) return wanted;
  const matching = versions
    .filter(version => sameVersion(version, wanted))
    .sort(compareMeshVersions);
  const newest = matching.pop();
  if (!newest) {
    throw new InputError(
      `mesh.istioVersion = ${wanted}: ASM edition ${
        mesh.edition
      } does not offer it. Offered: ${versions.join(', ')}`,
    );
  }
  return newest;
}

/** The ASM instance, in a VPC of its own. It takes no ClientToken: name and tag are the lock. */
export function meshResource(spec: EnvironmentSpec): Resource {
  const key = keys.mesh();
  const plan = spec.network.mesh;
  const vpc = spec.network.vpcs.find(item => item.name === plan.vpc);
  const vswitchKeys = (vpc?.vswitches ?? []).map(vswitch =>
    keys.vswitch(plan.vpc, vswitch.name),
  );
  return {
    key,
    kind: 'mesh',
    guard: 'look',
    dependencies: [keys.vpc(plan.vpc), ...vswitchKeys],
    title: `ASM mesh ${plan.name} in ${plan.region}`,
    desired: { name: plan.name, region: plan.region },
    async find(ctx, id) {
      const listed = id
        ? [
            await ctx.cloud.asm.describeServiceMesh(
              { serviceMeshId: id, untagged: true },
              ctx.call,
            ),
          ]
        : await ctx.cloud.asm.describeServiceMeshes(ctx.call);
      const mesh = listed.find(item =>
        id
          ? item?.serviceMeshId === id
          : item && carriesKey(item.tags, ctx.spec.name, key),
      );
      if (!mesh) return undefined;
      const { vpcId } = ctx.outputs<VpcOutputs>(keys.vpc(plan.vpc));
      const outputs: MeshOutputs = {
        meshId: mesh.serviceMeshId,
        version: mesh.version,
      };
      let state: 'ready' | 'pending' | 'failed' | 'deleting' = 'pending';
      if (mesh.state === 'running') state = 'ready';
      else if (mesh.state === 'failed') state = 'failed';
      else if (mesh.state === 'deleting') state = 'deleting';
      const wantsPublic = spec.apiServerAccess === 'public';
      return {
        id: mesh.serviceMeshId,
        differences: [
          ...(state === 'ready' && mesh.apiServerPublicEip !== wantsPublic
            ? [
                `its API server is ${
                  wantsPublic ? 'not ' : ''
                }public while the spec says ${spec.apiServerAccess}`,
              ]
            : []),
          ...(spec.mesh.istioVersion &&
          !sameVersion(mesh.version, spec.mesh.istioVersion)
            ? [
                `it runs ${mesh.version} while the spec says ${spec.mesh.istioVersion}`,
              ]
            : []),
        ],
        state,
        status: mesh.state,
        reason: mesh.errorMessage,
        mismatch:
          mesh.vpcId && mesh.vpcId !== vpcId
            ? `it lies in VPC ${mesh.vpcId} instead of ${vpcId}. A mesh cannot move: correct the plan, or let the run replace it.`
            : undefined,
        outputs,
      };
    },
    async create(ctx) {
      const { vpcId } = ctx.outputs<VpcOutputs>(keys.vpc(plan.vpc));
      const { serviceMeshId } = await ctx.cloud.asm.createServiceMesh(
        {
          regionId: plan.region,
          name: plan.name,
          vpcId,
          vSwitchIds: vswitchKeys.map(
            vswitchKey => ctx.outputs<VSwitchOutputs>(vswitchKey).vSwitchId,
          ),
          istioVersion: await resolveMeshVersion(
            ctx.cloud,
            spec.mesh,
            ctx.call,
          ),
          edition: spec.mesh.edition,
          clusterSpec: spec.mesh.clusterSpec,
          apiServerPublicEip: spec.apiServerAccess === 'public',
          tags: ctx.tags(key),
        },
        ctx.call,
      );
      return serviceMeshId;
    },
  };
}
