import { InputError, NotFoundError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { AckCluster } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { authorizeInitiator } from '../access';
import { diagnosePath } from '../connectivity/diagnose';
import {
  pingFrom,
  probeId,
  startTarget,
  type ProbeOptions,
} from '../connectivity/probe';
import type { ActionDeps } from '../deps';
import { fields } from '../schemas';
import { examples } from './connectivityVerify.examples';

const DEFAULT_IMAGE = 'docker.io/library/busybox:1.36';

/** The guide's ping between two clusters, in every direction, from real Pods. */
export function createConnectivityVerifyAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'dr:connectivity:verify',
    description:
      'Pings a Pod of every cluster from every other cluster with short-lived Jobs. A failure names the direction and the hop: attachment, link, bandwidth, route or security group.',
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
      const connections = clusters.map(({ clusterId, regionId }) =>
        deps.kubernetes.cluster({
          account: cloud.account,
          regionId,
          clusterId,
        }),
      );
      const id = probeId();
      const started = await Promise.allSettled(
        connections.map(connection => startTarget(connection, id, options)),
      );
      const targets = started.flatMap(item =>
        item.status === 'fulfilled' ? [item.value] : [],
      );
      try {
        const refused = started.find(item => item.status === 'rejected');
        if (refused) throw refused.reason;
        const pairs = clusters.flatMap((_, from) =>
          clusters.flatMap((__, to) => (from === to ? [] : [{ from, to }])),
        );
        const results = await Promise.all(
          pairs.map(async ({ from, to }) => {
            const { ip } = targets[to];
            const { ok, exitCode, log } = await pingFrom(
              connections[from],
              ip,
              options,
            );
            const lastLine = log.split('\n').at(-1) ?? '';
            let detail = lastLine;
            if (!ok) {
              const hop = await diagnosePath(
                cloud,
                clusters[from],
                clusters[to],
                ip,
                { signal },
              );
              detail = `${
                hop ??
                'every hop that the cloud shows looks right; look at network ACLs and node firewalls'
              } [exit code ${exitCode ?? 'unknown'}: ${lastLine}]`;
            }
            const line = `${clusters[from].name} → ${clusters[to].name} (${ip})`;
            if (ok) ctx.logger.info(`${line}: reachable`);
            else ctx.logger.error(`${line}: unreachable: ${detail}`);
            return {
              from: clusters[from].name,
              to: clusters[to].name,
              ok,
              detail,
            };
          }),
        );
        ctx.output('results', results);
        const failed = results.filter(({ ok }) => !ok);
        if (failed.length) {
          throw new Error(
            `Pods do not reach each other:\n${failed
              .map(({ from, to, detail }) => `- ${from} → ${to}: ${detail}`)
              .join('\n')}`,
          );
        }
      } finally {
        await Promise.allSettled(targets.map(target => target.remove()));
      }
    },
  });
}
