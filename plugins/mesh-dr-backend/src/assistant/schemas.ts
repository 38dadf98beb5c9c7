import type { ActionsRegistryActionOptions } from '@backstage/backend-plugin-api/alpha';

/** The zod that the registry hands to schemas. */
type Zod = Parameters<
  ActionsRegistryActionOptions<any, any>['schema']['input']
>[0];

/** One service of a mesh. */
export const serviceInput = (z: Zod) =>
  z.object({
    mesh: z.string().describe('Name or id of the mesh'),
    namespace: z.string().describe('Namespace of the Service'),
    name: z.string().describe('Name of the Service'),
  });

const INTENT =
  'The wish: {"mode":"failover","failover":[{"from":"cn-hangzhou","to":"cn-shanghai"}],"outlierDetection":{"consecutive5xxErrors":3,"interval":"1s","baseEjectionTime":"30s","maxEjectionPercent":100},"connectionPool":{"connectTimeout":"1s"}}, or {"mode":"distribution","distribute":[{"from":"cn-hangzhou","to":{"cn-hangzhou":90,"cn-shanghai":10}}]} with whole percentages that sum to 100, or {"mode":"evacuation","from":"cn-hangzhou","to":"cn-shanghai"} for one service, or {"mode":"off"}.';
const WHOLE_MESH =
  'Left out together with its fellow: the rule of the whole mesh';

/** A rule that is wished for, of one service or of the whole mesh. */
export const wishInput = (z: Zod) =>
  z.object({
    mesh: z.string().describe('Name or id of the mesh'),
    namespace: z.string().optional().describe(WHOLE_MESH),
    name: z.string().optional().describe(WHOLE_MESH),
    intent: z.record(z.any()).describe(INTENT),
  });

const EDITS =
  'What is lost or scaled, one after the other: {"kind":"down","region":"cn-hangzhou"} (a region or, with "zone", a zone dies with its callers), {"kind":"removed","region":"cn-hangzhou","service":"default/reviews"} (its endpoints are taken away in order), {"kind":"version-removed","service":"default/reviews","version":"v1"} or {"kind":"replicas","region":"cn-shanghai","service":"default/reviews","ready":1}.';

/** What a mesh is to be imagined to lose. */
export const simulationInput = (z: Zod) =>
  z.object({
    mesh: z.string().describe('Name or id of the mesh'),
    edits: z.array(z.record(z.any())).describe(EDITS),
    rules: z
      .array(
        z.object({
          service: z
            .object({ namespace: z.string(), name: z.string() })
            .optional()
            .describe('Left out: the rule of the whole mesh'),
          intent: z.record(z.any()).describe(INTENT),
        }),
      )
      .optional()
      .describe('Rules as they might be'),
    services: z
      .array(z.string())
      .optional()
      .describe(
        'Services to tell about, as namespace/name; default: the most loaded',
      ),
  });
