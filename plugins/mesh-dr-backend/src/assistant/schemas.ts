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
