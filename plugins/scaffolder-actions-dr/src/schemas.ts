import type { z as zod } from 'zod/v3';

type Z = typeof zod;

/** Input fields that several actions share. Each is a function, as the scaffolder hands its own zod over. */
export const fields = {
  account: (z: Z) =>
    z
      .string({
        description:
          'Alibaba Cloud account, one of meshDr.alicloud.accounts[].name; default: the first',
      })
      .optional(),
  prune: (z: Z) =>
    z
      .boolean({
        description:
          'Take away what carries the tag of the environment and is no longer in the spec; default: leave it and say so',
      })
      .optional(),
  replace: (z: Z) =>
    z
      .boolean({
        description:
          'Take away and make anew what cannot be changed in place, with everything that stands on it; default: stop and say so',
      })
      .optional(),
  grant: (z: Z) =>
    z
      .string({
        description:
          "Operation grant from dr:operations:grant; lets the step go on after the user's token has expired",
      })
      .optional(),
  environment: (z: Z) =>
    z
      .string({
        description:
          'Environment the grant was given for; default: any (a grant for * covers it)',
      })
      .optional(),
  mesh: (z: Z) => z.string({ description: 'ASM mesh, by id or by name' }),
  clusterRefs: (z: Z) =>
    z.array(
      // Further fields are let through, so that the outputs of provisioning can be handed over as they are.
      z
        .object({
          id: z.string({ description: 'ACK cluster id' }),
          region: z.string({ description: 'Region of the cluster' }),
          name: z.string().optional(),
        })
        .passthrough(),
      { description: 'ACK clusters' },
    ),
};

/** The environment spec as the actions' forms and documentation show it; the engine validates it in depth. */
export const environmentSpec = (z: Z) =>
  z.object(
    {
      version: z.literal(1).optional(),
      name: z.string({
        description:
          'Name of the environment; becomes the tag mesh-dr:environment of every resource',
      }),
      account: fields.account(z),
      network: z.object(
        {
          vpcs: z.array(
            z.object({
              name: z.string(),
              vpcId: z
                .string({
                  description: 'An existing VPC, used as it is',
                })
                .optional(),
              region: z.string({ description: 'e.g. cn-hangzhou' }),
              cidr: z.string(),
              vswitches: z.array(
                z.object({
                  name: z.string(),
                  vSwitchId: z
                    .string({
                      description:
                        'An existing vSwitch of an existing VPC, used as it is',
                    })
                    .optional(),
                  zone: z.string({ description: 'Empty: chosen' }).optional(),
                  cidr: z.string(),
                }),
              ),
            }),
          ),
          clusters: z.array(
            z.object({
              name: z.string(),
              region: z.string(),
              vpc: z.string({ description: 'Name of one of the VPCs' }),
              networkPlugin: z.enum(['flannel', 'terway']),
              podCidr: z
                .string({ description: 'Required under Flannel' })
                .optional(),
              serviceCidr: z.string(),
              nodeCidrMask: z.number().optional(),
              nodes: z.number().optional(),
            }),
          ),
          mesh: z.object({
            name: z.string(),
            region: z.string(),
            vpc: z.string(),
          }),
        },
        { description: 'Network plan: VPCs, vSwitches, Pod and Service CIDRs' },
      ),
      cen: z.object({
        cenId: z
          .string({
            description: 'An existing CEN instance, used as it is',
          })
          .optional(),
        publishPodRoutes: z.boolean().optional(),
        bandwidthMbps: z
          .number({
            description:
              'Cap of each inter-region link in Mbit/s. Left out or 0: the link has no usable bandwidth',
          })
          .optional(),
        bandwidthType: z.enum(['DataTransfer', 'BandwidthPackage']).optional(),
        bandwidthPackageId: z.string().optional(),
      }),
      clusters: z.object({
        instanceTypes: z.array(z.string()),
        nodes: z.number().optional(),
        kubernetesVersion: z.string().optional(),
        clusterSpec: z.enum(['ack.pro.small', 'ack.standard']).optional(),
        snatEntry: z.boolean().optional(),
      }),
      mesh: z.object({
        istioVersion: z.string().optional(),
        edition: z.enum(['Default', 'Pro']).optional(),
        clusterSpec: z.enum(['standard', 'enterprise', 'ultimate']).optional(),
      }),
      apiServerAccess: z.enum(['public', 'private'], {
        description:
          'public: the portal reaches API servers over the internet; private: it runs inside the CEN',
      }),
    },
    { description: 'What the environment consists of' },
  );
