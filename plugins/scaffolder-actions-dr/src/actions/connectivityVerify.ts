import { InputError, NotFoundError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { AckCluster } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { authorizeInitiator } from '../access';
import { NetworkFacts } from '../connectivity/facts';
import { HOPS } from '../connectivity/findings';
import type { ProbeOptions } from '../connectivity/probe';
import { brief, summary } from '../connectivity/report';
import { verifyConnectivity } from '../connectivity/verify';
import type { ActionDeps } from '../deps';
import { fields } from '../schemas';
import { examples } from './connectivityVerify.examples';

const DEFAULT_IMAGE = 'docker.io/library/busybox:1.36';

/** The guide's ping between two clusters, in every direction, from real Pods. */
export function createConnectivityVerifyAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'dr:connectivity:verify',
    description:
      'Pings a Pod of every cluster from every other cluster with short-lived Jobs. A failure names every cause in path order, with its direction, its hop (attachment, route, link, bandwidth or security group) and its fix.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        account: fields.account,
        clusters: z => fields.clusterRefs(z).min(2),
        image: z =>
          z
            .string({
              description: `Image with ping. Default: ${DEFAULT_IMAGE}`,
            })
            .optional(),
        namespace: z =>
          z.string({ description: 'Default: default' }).optional(),
        timeoutSeconds: z =>
          z
            .number({ description: 'Per Pod; default 120' })
            .int()
            .min(10)
            .max(1800)
            .optional(),
        environment: fields.environment,
        grant: fields.grant,
      },
      output: {
        results: z =>
          z.array(
            z.object({
              from: z.string(),
              to: z.string(),
              ok: z.boolean(),
              detail: z.string(),
              causes: z.array(
                z.object({
                  key: z.string(),
                  hop: z.enum(HOPS),
                  direction: z.enum(['there', 'back']),
                  evidence: z.string(),
                  fix: z.string(),
                }),
              ),
            }),
          ),
      },
    },
    async handler(ctx) {
      const { input, signal } = ctx;
      await authorizeInitiator(ctx, deps, {
        operation: 'kubernetes.apply',
        environment: input.environment || '*',
        grant: input.grant,
      });
      const ids = input.clusters.map(({ id }) => id);
      if (new Set(ids).size !== ids.length) {
        throw new InputError(
          `clusters: ${ids.join(', ')} names a cluster twice; name each once`,
        );
      }
      if (ctx.isDryRun) {
        ctx.logger.info(`Would ping between ${ids.join(', ')}`);
        ctx.output('results', []);
        return;
      }
      const cloud = deps.accounts.get(input.account);
      const options: ProbeOptions = {
        namespace: input.namespace ?? 'default',
        image: input.image ?? DEFAULT_IMAGE,
        signal,
        timeoutMs: (input.timeoutSeconds ?? 120) * 1000,
        pace: deps.pace,
      };
      const clusters = await Promise.all(
        input.clusters.map(async ({ id, region }): Promise<AckCluster> => {
          const cluster = await cloud.ack.describeCluster(
            { regionId: region, clusterId: id },
            { signal },
          );
          if (!cluster) {
            throw new NotFoundError(
              `clusters: ${id} does not exist in ${region} of account ${cloud.account}`,
            );
          }
          return cluster;
        }),
      );
      const names = clusters.map(
        ({ name, regionId }) => `${name} (${regionId})`,
      );
      ctx.logger.info(
        `Starting a Pod of ${options.image} in ${names.join(
          ', ',
        )}, then pinging each from every other cluster`,
      );
      const results = await verifyConnectivity(
        clusters.map(cluster => ({
          cluster,
          connection: deps.kubernetes.cluster({
            account: cloud.account,
            regionId: cluster.regionId,
            clusterId: cluster.clusterId,
          }),
        })),
        new NetworkFacts(cloud, { signal }),
        options,
        result => {
          if (result.ok) ctx.logger.info(brief(result));
          else ctx.logger.error(brief(result));
        },
      );
      ctx.output('results', results);
      if (results.some(({ ok }) => !ok)) throw new Error(summary(results));
    },
  });
}
