import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { KubernetesObject } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { authorizeInitiator } from '../access';
import type { ActionDeps } from '../deps';
import { findMesh, memberTargets } from '../kubernetes/targets';
import { fields } from '../schemas';
import { waitFor } from '../wait';
import { examples } from './gatewayCreate.examples';
import { FIELD_MANAGER } from './kubernetesApply';

/** ASM puts gateways, and nothing else of ours, into this namespace. */
const GATEWAY_NAMESPACE = 'istio-system';
const ADDRESS_TIMEOUT_MS = 10 * 60_000;

/** The guide's managed ingress gateway. */
export function gatewayObject(options: {
  name: string;
  clusterIds: string[];
  replicas: number;
  addressType: 'internet' | 'intranet';
}): KubernetesObject {
  const { name, clusterIds, replicas, addressType } = options;
  return {
    apiVersion: 'istio.alibabacloud.com/v1beta1',
    kind: 'IstioGateway',
    metadata: {
      name,
      namespace: GATEWAY_NAMESPACE,
      annotations: { 'asm.alibabacloud.com/managed-by-asm': 'true' },
    },
    spec: {
      clusterIds,
      gatewayType: 'ingress',
      dnsPolicy: 'ClusterFirst',
      externalTrafficPolicy: 'Local',
      hostNetwork: false,
      ports: [
        { name: 'http', port: 80, protocol: 'TCP', targetPort: 80 },
        { name: 'https', port: 443, protocol: 'TCP', targetPort: 443 },
      ],
      replicaCount: replicas,
      resources: {
        limits: { cpu: '2', memory: '2G' },
        requests: { cpu: '200m', memory: '256Mi' },
      },
      rollingMaxSurge: '100%',
      rollingMaxUnavailable: '25%',
      runAsRoot: true,
      serviceAnnotations: {
        'service.beta.kubernetes.io/alicloud-loadbalancer-address-type':
          addressType,
      },
      serviceType: 'LoadBalancer',
    },
  };
}

/** Creates an ingress gateway on the member clusters and waits until each has an address. */
export function createGatewayCreateAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'dr:gateway:create',
    description:
      'Creates a managed ingress gateway (IstioGateway) of an ASM mesh and waits for the load balancer address of every region.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        account: fields.account,
        mesh: fields.mesh,
        name: z =>
          z
            .string({ description: 'Default: ingressgateway' })
            .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/)
            .optional(),
        clusters: z =>
          z
            .array(z.string(), {
              description: 'Member cluster ids. Default: all members',
            })
            .optional(),
        replicas: z =>
          z
            .number({ description: 'Gateway Pods per cluster. Default: 1' })
            .int()
            .min(1)
            .optional(),
        addressType: z =>
          z
            .enum(['internet', 'intranet'], {
              description:
                'Where the load balancer is reachable from. Default: internet',
            })
            .optional(),
        environment: fields.environment,
        grant: fields.grant,
      },
      output: {
        name: z => z.string(),
        gateways: z =>
          z.array(
            z.object({
              cluster: z.string(),
              region: z.string(),
              address: z.string(),
            }),
          ),
      },
    },
    async handler(ctx) {
      const { input, signal } = ctx;
      const name = input.name ?? 'ingressgateway';
      await authorizeInitiator(ctx, deps, {
        operation: 'kubernetes.apply',
        environment: input.environment || '*',
        grant: input.grant,
      });
      if (ctx.isDryRun) {
        ctx.logger.info(
          `Would create ingress gateway ${name} on ${
            input.clusters?.join(', ') ?? 'every member'
          } of mesh ${input.mesh}`,
        );
        ctx.output('name', name);
        ctx.output('gateways', []);
        return;
      }
      const cloud = deps.accounts.get(input.account);
      const mesh = await findMesh(cloud, input.mesh, signal);
      const clusters = await memberTargets(cloud, mesh, input.clusters, signal);
      await deps.kubernetes
        .mesh({ account: cloud.account, serviceMeshId: mesh.serviceMeshId })
        .apply(
          {
            apiVersion: 'istio.alibabacloud.com/v1beta1',
            plural: 'istiogateways',
          },
          gatewayObject({
            name,
            clusterIds: clusters.map(({ id }) => id),
            replicas: input.replicas ?? 1,
            addressType: input.addressType ?? 'internet',
          }),
          { fieldManager: FIELD_MANAGER, signal },
        );
      ctx.logger.info(`Applied IstioGateway ${name} to mesh ${mesh.name}`);
      const gateways = await Promise.all(
        clusters.map(async cluster => {
          const connection = deps.kubernetes.cluster({
            account: cloud.account,
            regionId: cluster.region,
            clusterId: cluster.id,
          });
          const address = await waitFor(
            async () => {
              const service = await connection.get(
                { apiVersion: 'v1', plural: 'services' },
                GATEWAY_NAMESPACE,
                `istio-${name}`,
                { signal },
              );
              const entry = service?.status?.loadBalancer?.ingress?.[0];
              return (entry?.ip ?? entry?.hostname) as string | undefined;
            },
            {
              signal,
              pace: deps.pace,
              timeoutMs: ADDRESS_TIMEOUT_MS,
              onTimeout: () =>
                `Service ${GATEWAY_NAMESPACE}/istio-${name} of ${
                  cluster.name
                } (${cluster.region}) has no load balancer address after ${
                  ADDRESS_TIMEOUT_MS / 60_000
                } minutes; look at its events, then run again`,
            },
          );
          ctx.logger.info(
            `${cluster.name} (${cluster.region}): gateway address ${address}`,
          );
          return { cluster: cluster.id, region: cluster.region, address };
        }),
      );
      ctx.output('name', name);
      ctx.output('gateways', gateways);
    },
  });
}
