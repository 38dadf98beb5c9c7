import type { ClusterPlan } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { carriesKey } from '../tags';
import type { EnvironmentSpec } from '../spec';
import type { Resource } from '../types';
import {
  keys,
  type ClusterOutputs,
  type VpcOutputs,
  type VSwitchOutputs,
} from './common';

const FAILED_STATES = ['failed', 'unavailable', 'inactive', 'disconnected'];

/**
 * An ACK managed cluster. ACK takes no ClientToken: the unique name together with the tag is the lock, looked up before
 * a create and again after an unclear answer.
 */
export function clusterResource(
  plan: ClusterPlan,
  spec: EnvironmentSpec,
): Resource {
  const key = keys.cluster(plan.name);
  const { region: regionId } = plan;
  const vpc = spec.network.vpcs.find(item => item.name === plan.vpc);
  const vswitchKeys = (vpc?.vswitches ?? []).map(vswitch =>
    keys.vswitch(plan.vpc, vswitch.name),
  );
  return {
    key,
    kind: 'cluster',
    guard: 'name',
    dependencies: [keys.vpc(plan.vpc), ...vswitchKeys],
    title: `ACK cluster ${plan.name} in ${regionId}`,
    desired: { name: plan.name, region: regionId },
    async find(ctx, id) {
      let cluster;
      if (id) {
        cluster = await ctx.cloud.ack.describeCluster(
          { regionId, clusterId: id },
          ctx.call,
        );
      } else {
        const found = await ctx.cloud.ack.describeClusters(
          { regionId, name: plan.name },
          ctx.call,
        );
        cluster = found.find(
          item =>
            item.name === plan.name &&
            item.regionId === regionId &&
            item.state !== 'deleted' &&
            carriesKey(item.tags, ctx.spec.name, key),
        );
      }
      if (!cluster) return undefined;
      const { vpcId } = ctx.outputs<VpcOutputs>(keys.vpc(plan.vpc));
      const outputs: ClusterOutputs = {
        clusterId: cluster.clusterId,
        securityGroupId: cluster.securityGroupId,
      };
      let state: 'ready' | 'pending' | 'failed' | 'deleting' = 'pending';
      if (cluster.state === 'running' && cluster.securityGroupId) {
        state = 'ready';
      } else if (FAILED_STATES.includes(cluster.state)) {
        state = 'failed';
      } else if (['deleting', 'deleted'].includes(cluster.state)) {
        state = 'deleting';
      }
      let mismatch: string | undefined;
      if (cluster.vpcId && cluster.vpcId !== vpcId) {
        mismatch = `it lies in VPC ${cluster.vpcId} instead of ${vpcId}. A cluster cannot move: correct the plan, or let the run replace it.`;
      } else if (
        plan.networkPlugin === 'flannel' &&
        cluster.containerCidr &&
        cluster.containerCidr !== plan.podCidr
      ) {
        mismatch = `its Pod CIDR is ${cluster.containerCidr} while the plan says ${plan.podCidr}. It cannot be changed: correct the plan, or let the run replace it.`;
      }
      const nodes = plan.nodes ?? spec.clusters.nodes;
      const version = spec.clusters.kubernetesVersion;
      return {
        id: cluster.clusterId,
        differences: [
          ...(state === 'ready' && cluster.size !== nodes
            ? [
                `it has ${cluster.size} worker nodes while the spec says ${nodes}`,
              ]
            : []),
          ...(version && cluster.currentVersion !== version
            ? [
                `it runs Kubernetes ${cluster.currentVersion} while the spec says ${version}`,
              ]
            : []),
        ],
        state,
        status: cluster.state,
        reason:
          state === 'failed'
            ? 'see the event log of the cluster in the ACK console; destroy the environment or delete the cluster, then run again'
            : undefined,
        mismatch,
        outputs,
      };
    },
    async create(ctx) {
      const { vpcId } = ctx.outputs<VpcOutputs>(keys.vpc(plan.vpc));
      const vSwitchIds = vswitchKeys.map(
        vswitchKey => ctx.outputs<VSwitchOutputs>(vswitchKey).vSwitchId,
      );
      const { clusterId } = await ctx.cloud.ack.createCluster(
        {
          name: plan.name,
          regionId,
          kubernetesVersion: spec.clusters.kubernetesVersion,
          clusterSpec: spec.clusters.clusterSpec,
          vpcId,
          vSwitchIds,
          podVSwitchIds:
            plan.networkPlugin === 'terway' ? vSwitchIds : undefined,
          networkPlugin: plan.networkPlugin,
          containerCidr:
            plan.networkPlugin === 'flannel' ? plan.podCidr : undefined,
          serviceCidr: plan.serviceCidr,
          nodeCidrMask:
            plan.networkPlugin === 'flannel'
              ? plan.nodeCidrMask ?? 26
              : undefined,
          endpointPublicAccess: spec.apiServerAccess === 'public',
          snatEntry: spec.clusters.snatEntry,
          instanceTypes: spec.clusters.instanceTypes,
          nodes: plan.nodes ?? spec.clusters.nodes,
          tags: ctx.tags(key),
        },
        ctx.call,
      );
      return clusterId;
    },
  };
}
