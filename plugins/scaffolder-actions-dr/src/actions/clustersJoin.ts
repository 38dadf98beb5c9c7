import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type {
  MeshSummary,
  Operation,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { authorizeInitiator, type Access } from '../access';
import type { ActionDeps } from '../deps';
import { fields } from '../schemas';
import { waitFor } from '../wait';
import { examples } from './clustersJoin.examples';

const JOIN_TIMEOUT_MS = 20 * 60_000;

/** The diagnosis of a failed join as an error message: what failed first, what to do, and what ASM itself says. */
export function diagnosisText(operation: Operation): string {
  const { diagnosis } = operation;
  if (!diagnosis) {
    return operation.progress.at(-1)?.message ?? 'no reason was given';
  }
  const { firstFailure, checks } = diagnosis.preflight;
  const others = checks.filter(
    check => check.status === 'failed' && check.id !== firstFailure?.id,
  );
  const fix = firstFailure?.fix;
  return [
    diagnosis.summary,
    fix && !diagnosis.summary.includes(fix) && `Fix: ${fix}`,
    ...others.map(
      check =>
        `- also failed (${check.id}): ${check.evidence}${
          check.fix ? ` → ${check.fix}` : ''
        }`,
    ),
    diagnosis.asmMessage && `ASM says: ${diagnosis.asmMessage}`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** Adds clusters to a mesh, all at the same time, and explains a failure. */
export function createClustersJoinAction(deps: ActionDeps) {
  const joinOne = async (
    ctx: { logger: { info(message: string): void }; signal?: AbortSignal },
    access: Access,
    mesh: MeshSummary,
    cluster: string,
  ): Promise<Operation> => {
    let shown = 0;
    const show = (operation: Operation) => {
      for (const { message } of operation.progress.slice(shown)) {
        ctx.logger.info(`${cluster}: ${message}`);
      }
      shown = operation.progress.length;
    };
    const started = await deps.meshDr.joinCluster(
      mesh.id,
      cluster,
      await access.request(),
    );
    ctx.logger.info(`${cluster}: joining mesh ${mesh.name}`);
    return await waitFor(
      async () => {
        const operation = await deps.meshDr.getOperation(
          started.id,
          await access.request(),
        );
        show(operation);
        return operation.status === 'running' ? undefined : operation;
      },
      {
        signal: ctx.signal,
        timeoutMs: JOIN_TIMEOUT_MS,
        pace: deps.pace,
        onTimeout: () =>
          `Cluster ${cluster} is still joining mesh ${mesh.name} after ${
            JOIN_TIMEOUT_MS / 60_000
          } minutes; run again to go on`,
      },
    );
  };

  return createTemplateAction({
    id: 'dr:clusters:join',
    description:
      'Adds ACK clusters to an ASM mesh. When that fails, the error names the first cause (for example missing cross-region bandwidth) and its fix.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        mesh: fields.mesh,
        clusters: z =>
          z
            .array(
              z.union([z.string(), z.object({ id: z.string() }).passthrough()]),
              {
                description:
                  'ACK clusters, by id or as the outputs of provisioning list them',
              },
            )
            .min(1),
        environment: fields.environment,
        grant: fields.grant,
      },
      output: {
        meshId: z => z.string(),
        joined: z =>
          z.array(z.string(), {
            description: 'Ids of the clusters that are members now',
          }),
      },
    },
    async handler(ctx) {
      const { environment, grant } = ctx.input;
      const clusters = ctx.input.clusters.map(cluster =>
        typeof cluster === 'string' ? cluster : cluster.id,
      );
      const access = await authorizeInitiator(ctx, deps, {
        operation: 'cluster.join',
        environment: environment || '*',
        grant,
      });
      if (ctx.isDryRun) {
        // In a dry run the mesh may be one that an earlier step would have made.
        ctx.logger.info(
          `Would add ${clusters.join(', ')} to mesh ${ctx.input.mesh}`,
        );
        ctx.output('meshId', ctx.input.mesh);
        ctx.output('joined', []);
        return;
      }
      const mesh = await deps.meshDr.getMesh(
        ctx.input.mesh,
        await access.request(),
      );
      const isMember = (id: string) =>
        mesh.clusters.some(
          member => member.id === id && member.state === 'running',
        );
      const operations = await Promise.all(
        clusters
          .filter(id => !isMember(id))
          .map(async id => ({
            id,
            operation: await joinOne(ctx, access, mesh, id),
          })),
      );
      const failed = operations.filter(
        ({ operation }) => operation.status !== 'succeeded',
      );
      if (failed.length) {
        throw new Error(
          failed
            .map(
              ({ id, operation }) =>
                `Cluster ${id} could not join mesh ${
                  mesh.name
                }. ${diagnosisText(operation)}`,
            )
            .join('\n\n'),
        );
      }
      ctx.logger.info(
        `${clusters.length} cluster(s) are members of mesh ${mesh.name}`,
      );
      ctx.output('meshId', mesh.id);
      ctx.output('joined', clusters);
    },
  });
}
