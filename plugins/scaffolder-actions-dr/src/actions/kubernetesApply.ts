import { readFile } from 'node:fs/promises';
import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  applyManifests,
  parseManifests,
  waitForRollout,
  type KubernetesConnection,
  type KubernetesObject,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { authorizeInitiator } from '../access';
import type { ActionDeps } from '../deps';
import { assertAllowed } from '../kubernetes/policy';
import { findMesh, memberTargets } from '../kubernetes/targets';
import { fields } from '../schemas';
import { examples } from './kubernetesApply.examples';

/** Owner of the fields that templates apply. */
export const FIELD_MANAGER = 'mesh-dr-scaffolder';

/** Applies manifests to several clusters and to the mesh's control plane, obeying the operators' lists. */
export function createKubernetesApplyAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'dr:kubernetes:apply',
    description:
      "Applies manifests (server-side apply) to member clusters of a mesh, to named clusters, or to the mesh's own control plane for Istio resources; can wait for the Deployments.",
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        account: fields.account,
        mesh: z =>
          z
            .string({
              description:
                'ASM mesh, by id or name; its member clusters are the targets unless `clusters` names others',
            })
            .optional(),
        target: z =>
          z
            .enum(['clusters', 'mesh'], {
              description:
                "clusters: workloads, to the clusters; mesh: Istio resources, to the mesh's control plane. Default: clusters",
            })
            .optional(),
        clusters: z => fields.clusterRefs(z).optional(),
        region: z =>
          z
            .string({
              description:
                'Only the clusters of this region, e.g. for what differs between regions',
            })
            .optional(),
        manifests: z =>
          z
            .union([z.string(), z.array(z.record(z.any()))], {
              description: 'YAML text with one or more documents, or objects',
            })
            .optional(),
        files: z =>
          z
            .array(z.string(), {
              description: 'YAML files in the workspace, relative paths',
            })
            .optional(),
        namespace: z =>
          z
            .string({
              description:
                'Namespace of objects that name none. Default: default',
            })
            .optional(),
        wait: z =>
          z
            .boolean({
              description: 'Wait until applied Deployments are rolled out',
            })
            .optional(),
        force: z =>
          z
            .boolean({
              description: 'Take fields over that somebody else owns',
            })
            .optional(),
        environment: fields.environment,
        grant: fields.grant,
      },
      output: {
        applied: z =>
          z.array(
            z.object({
              target: z.string(),
              object: z.string(),
            }),
          ),
      },
    },
    async handler(ctx) {
      const { input } = ctx;
      const namespace = input.namespace ?? 'default';
      await authorizeInitiator(ctx, deps, {
        operation: 'kubernetes.apply',
        environment: input.environment || '*',
        grant: input.grant,
      });
      const objects = await readManifests(ctx.workspacePath, input);
      assertAllowed(deps.applyPolicy, objects, namespace);
      const describe = (object: KubernetesObject) =>
        `${object.kind} ${object.metadata.namespace ?? namespace}/${
          object.metadata.name
        }`;
      if (ctx.isDryRun) {
        for (const object of objects) {
          ctx.logger.info(`Would apply ${describe(object)}`);
        }
        ctx.output('applied', []);
        return;
      }
      const connections = await connect(deps, ctx);
      const results = await applyManifests(
        connections.map(({ connection }) => connection),
        objects,
        {
          fieldManager: FIELD_MANAGER,
          force: input.force,
          namespace,
          signal: ctx.signal,
          onProgress: ({ cluster, object, error }) => {
            const { label } = connections.find(
              item => item.connection.id === cluster,
            )!;
            if (error) ctx.logger.error(`${label}: ${object}: ${error}`);
            else ctx.logger.info(`${label}: applied ${object}`);
          },
        },
      );
      const failed = results.flatMap((result, index) =>
        result.ok
          ? []
          : [`- ${connections[index].label}: ${result.error.message}`],
      );
      if (failed.length) {
        throw new Error(
          `Not everything could be applied; correct the cause and run again (applying twice is harmless):\n${failed.join(
            '\n',
          )}`,
        );
      }
      if (input.wait) {
        await Promise.all(
          connections.map(({ connection, label }) =>
            waitForDeployments(connection, label, objects, namespace, ctx),
          ),
        );
      }
      ctx.output(
        'applied',
        connections.flatMap(({ label }) =>
          objects.map(object => ({ target: label, object: describe(object) })),
        ),
      );
    },
  });
}

interface Input {
  account?: string;
  mesh?: string;
  target?: 'clusters' | 'mesh';
  clusters?: { id: string; region: string; name?: string }[];
  region?: string;
  manifests?: string | Record<string, any>[];
  files?: string[];
}

async function readManifests(
  workspacePath: string,
  input: Input,
): Promise<KubernetesObject[]> {
  const { manifests, files = [] } = input;
  const objects: KubernetesObject[] = [];
  if (typeof manifests === 'string') objects.push(...parseManifests(manifests));
  else if (manifests) objects.push(...(manifests as KubernetesObject[]));
  for (const file of files) {
    const path = resolveSafeChildPath(workspacePath, file);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch {
      throw new InputError(
        `files: ${file} does not exist in the workspace; an earlier step has to fetch it`,
      );
    }
    objects.push(...parseManifests(text));
  }
  if (!objects.length) {
    throw new InputError(
      'Nothing to apply: give manifests or files with at least one object',
    );
  }
  return objects;
}

async function connect(
  deps: ActionDeps,
  ctx: { input: Input; signal?: AbortSignal },
): Promise<{ label: string; connection: KubernetesConnection }[]> {
  const { input, signal } = ctx;
  const cloud = deps.accounts.get(input.account);
  const { account } = cloud;
  if (input.target === 'mesh') {
    if (!input.mesh) {
      throw new InputError('mesh is missing: target mesh needs to know which');
    }
    const mesh = await findMesh(cloud, input.mesh, signal);
    return [
      {
        label: `mesh ${mesh.name}`,
        connection: deps.kubernetes.mesh({
          account,
          serviceMeshId: mesh.serviceMeshId,
        }),
      },
    ];
  }
  let clusters = input.clusters?.map(({ id, region, name }) => ({
    id,
    region,
    name: name ?? id,
  }));
  if (!clusters) {
    if (!input.mesh) {
      throw new InputError(
        'Where to apply is missing: give clusters, or the mesh whose members are meant',
      );
    }
    const mesh = await findMesh(cloud, input.mesh, signal);
    clusters = await memberTargets(cloud, mesh, undefined, signal);
  }
  const chosen = clusters.filter(
    ({ region }) => !input.region || region === input.region,
  );
  if (!chosen.length) {
    throw new InputError(
      `region = ${
        input.region
      }: none of the clusters lies there; they are in ${[
        ...new Set(clusters.map(({ region }) => region)),
      ].join(', ')}`,
    );
  }
  return chosen.map(({ id, region, name }) => ({
    label: `${name} (${region})`,
    connection: deps.kubernetes.cluster({
      account,
      regionId: region,
      clusterId: id,
    }),
  }));
}

async function waitForDeployments(
  connection: KubernetesConnection,
  label: string,
  objects: KubernetesObject[],
  namespace: string,
  ctx: { signal?: AbortSignal; logger: { info(message: string): void } },
): Promise<void> {
  const byNamespace = new Map<string, string[]>();
  for (const { kind, metadata } of objects) {
    if (kind !== 'Deployment') continue;
    const key = metadata.namespace ?? namespace;
    byNamespace.set(key, [...(byNamespace.get(key) ?? []), metadata.name]);
  }
  await Promise.all(
    [...byNamespace].map(([key, deployments]) =>
      waitForRollout(connection, {
        namespace: key,
        deployments,
        signal: ctx.signal,
        onProgress: message => ctx.logger.info(`${label}: ${message}`),
      }),
    ),
  );
}
