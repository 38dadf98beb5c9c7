import { randomUUID } from 'node:crypto';
import {
  createTemplateAction,
  type TemplateExample,
} from '@backstage/plugin-scaffolder-node';
import {
  parseEnvironmentSpec,
  planEnvironment,
  provisionEnvironment,
  type EnvironmentOutputs,
  type EnvironmentPlan,
  type EnvironmentSpec,
  type ResourceKind,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { EnvironmentStatus } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { authorizeInitiator } from '../access';
import { fleetChanged } from '../catalog/FleetEntityProvider';
import type { ActionDeps } from '../deps';
import { failureLines, logProgress, planLines, tally } from '../progress';
import { environmentSpec, fields } from '../schemas';
import { formatElapsed } from '../wait';
import {
  cenExamples,
  clustersExamples,
  environmentExamples,
  meshExamples,
  networkExamples,
  securityGroupsExamples,
} from './provision.examples';

/**
 * What later steps of a dry run work with: ids of what exists, and names in place of the ids that only a run would bring.
 */
function stepsToCome(spec: EnvironmentSpec, plan: EnvironmentPlan) {
  const idOf = (key: string) =>
    plan.resources.find(resource => resource.key === key)?.id;
  return {
    clusters: spec.network.clusters.map(({ name, region }) => ({
      name,
      region,
      id: idOf(`cluster/${name}`) ?? name,
      securityGroupId: '',
    })),
    mesh: {
      name: spec.network.mesh.name,
      id: idOf('mesh') ?? spec.network.mesh.name,
    },
  };
}

/** What of an environment exists, for the portal's list of environments. */
function partsOf({ cenId, mesh, clusters, vpcs }: EnvironmentOutputs) {
  return {
    cenId,
    mesh,
    vpcs,
    clusters: clusters.map(({ id, name, region }) => ({ id, name, region })),
  };
}

/**
 * One provisioning action: the whole graph, or the slice of it that `kinds` names. All slices are the same graph with the
 * same tags, so they can be mixed freely and run again.
 */
function createProvisionAction(
  deps: ActionDeps,
  slice: {
    id: string;
    description: string;
    kinds?: readonly ResourceKind[];
    examples: TemplateExample[];
  },
) {
  return createTemplateAction({
    id: slice.id,
    description: slice.description,
    examples: slice.examples,
    supportsDryRun: true,
    schema: {
      input: {
        spec: environmentSpec,
        owner: z =>
          z
            .string({
              description:
                'Owner of the environment in the catalog, an entity ref; recorded by dr:environment:provision',
            })
            .optional(),
        prune: fields.prune,
        replace: fields.replace,
        grant: fields.grant,
      },
      output: {
        environment: z => z.string(),
        account: z => z.string().optional(),
        cenId: z => z.string().optional(),
        vpcs: z =>
          z
            .array(
              z.object({
                name: z.string(),
                id: z.string(),
                region: z.string(),
              }),
            )
            .optional(),
        clusters: z =>
          z
            .array(
              z.object({
                name: z.string(),
                id: z.string(),
                region: z.string(),
                securityGroupId: z.string(),
              }),
            )
            .optional(),
        clusterIds: z => z.array(z.string()).optional(),
        meshId: z => z.string().optional(),
        meshName: z => z.string().optional(),
        meshVersion: z => z.string().optional(),
        plan: z =>
          z
            .array(
              z.object({
                resource: z.string(),
                action: z.string(),
                title: z.string(),
                reason: z.string().optional(),
                expectedSeconds: z.number(),
              }),
              { description: 'Dry run only: what would happen' },
            )
            .optional(),
        expectedSeconds: z =>
          z
            .number({
              description: 'Dry run only: how long the run usually takes',
            })
            .optional(),
      },
    },
    async handler(ctx) {
      const { spec, warnings } = parseEnvironmentSpec(ctx.input.spec);
      const access = await authorizeInitiator(ctx, deps, {
        operation: 'environment.provision',
        environment: spec.name,
        grant: ctx.input.grant,
      });
      for (const warning of warnings) ctx.logger.warn(warning);
      const cloud = deps.accounts.get(spec.account);
      ctx.output('environment', spec.name);
      ctx.output('account', cloud.account);

      if (ctx.isDryRun) {
        const plan = await planEnvironment(cloud, spec, {
          kinds: slice.kinds,
          signal: ctx.signal,
        });
        for (const line of planLines(plan)) ctx.logger.info(line);
        ctx.output(
          'plan',
          plan.resources.map(({ key, action, title, reason, expectedMs }) => ({
            resource: key,
            action,
            title,
            reason,
            expectedSeconds: Math.round(expectedMs / 1000),
          })),
        );
        ctx.output('expectedSeconds', Math.round(plan.expectedMs / 1000));
        const { clusters, mesh } = stepsToCome(spec, plan);
        ctx.output('clusters', clusters);
        ctx.output(
          'clusterIds',
          clusters.map(({ id }) => id),
        );
        ctx.output('meshId', mesh.id);
        ctx.output('meshName', mesh.name);
        return;
      }

      // Kept with the task, so that even a crash before the first tag is written does not double anything.
      const { uid } = await ctx.checkpoint({
        key: `environment-uid.${spec.name}`,
        fn: async () => ({ uid: randomUUID() }),
      });
      // Slices make parts; what a whole environment is made from is known to the composite alone.
      const record = async (
        status: EnvironmentStatus,
        outputs?: EnvironmentOutputs,
      ) => {
        if (slice.kinds) return;
        await deps.meshDr.putEnvironment(
          spec.name,
          {
            account: cloud.account,
            owner: ctx.input.owner,
            status,
            spec,
            parts: outputs && partsOf(outputs),
          },
          await access.request(),
        );
        fleetChanged();
      };
      await record('provisioning');
      const report = await provisionEnvironment(cloud, spec, {
        kinds: slice.kinds,
        // Only the composite sees the whole environment, and may judge what has no place in it.
        prune: !slice.kinds && ctx.input.prune,
        replace: !slice.kinds && ctx.input.replace,
        signal: ctx.signal,
        uid,
        onProgress: logProgress(ctx.logger),
        pace: deps.pace,
      });
      await record(
        report.status === 'ready' ? 'ready' : 'incomplete',
        report.outputs,
      );
      if (report.status === 'cancelled') {
        throw new Error(
          `Provisioning environment ${
            spec.name
          } was cancelled after ${formatElapsed(report.elapsedMs)} (${tally(
            report.resources,
          )}); what exists stays, run again to resume or use dr:environment:destroy`,
        );
      }
      if (report.status === 'failed') {
        throw new Error(
          `Environment ${spec.name} is incomplete (${tally(
            report.resources,
          )}). Correct the cause and run again to resume:\n${failureLines(
            report.resources,
          )}`,
        );
      }
      ctx.logger.info(
        `Environment ${spec.name}: ${tally(
          report.resources,
        )} in ${formatElapsed(report.elapsedMs)}`,
      );
      const { outputs }: { outputs: EnvironmentOutputs } = report;
      ctx.output('cenId', outputs.cenId);
      ctx.output('vpcs', outputs.vpcs);
      ctx.output('clusters', outputs.clusters);
      ctx.output(
        'clusterIds',
        outputs.clusters.map(cluster => cluster.id),
      );
      ctx.output('meshId', outputs.mesh?.id);
      ctx.output('meshName', outputs.mesh?.name);
      ctx.output('meshVersion', outputs.mesh?.version);
    },
  });
}

/** The composite and the slices. */
export function createProvisionActions(deps: ActionDeps) {
  return [
    createProvisionAction(deps, {
      id: 'dr:environment:provision',
      description:
        'Provisions a whole multi-region environment: VPCs, CEN, ACK clusters, security group rules and the ASM mesh, everything in parallel that can be. Running again resumes.',
      examples: environmentExamples,
    }),
    createProvisionAction(deps, {
      id: 'dr:network:provision',
      description: 'Provisions the VPCs and vSwitches of an environment.',
      kinds: ['vpc', 'vswitch'],
      examples: networkExamples,
    }),
    createProvisionAction(deps, {
      id: 'dr:cen:provision',
      description:
        'Connects the VPCs of an environment: CEN instance, a transit router per region, attachments, inter-region links with bandwidth, route tables; publishes the Pod routes of Flannel clusters. Needs the network and the clusters.',
      kinds: [
        'cen',
        'transit-router',
        'vpc-attachment',
        'peer-attachment',
        'route-link',
        'pod-routes',
      ],
      examples: cenExamples,
    }),
    createProvisionAction(deps, {
      id: 'dr:clusters:provision',
      description:
        'Provisions the ACK managed clusters of an environment. Needs the network.',
      kinds: ['cluster'],
      examples: clustersExamples,
    }),
    createProvisionAction(deps, {
      id: 'dr:mesh:provision',
      description:
        'Provisions the ASM mesh of an environment. Needs the network.',
      kinds: ['mesh'],
      examples: meshExamples,
    }),
    createProvisionAction(deps, {
      id: 'dr:securityGroups:authorize',
      description:
        "Lets the other clusters' Pods and the mesh into each cluster's security group. Needs the clusters.",
      kinds: ['security-group'],
      examples: securityGroupsExamples,
    }),
  ];
}
