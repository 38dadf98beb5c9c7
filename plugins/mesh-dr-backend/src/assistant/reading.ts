import {
  meshReadPermission,
  serviceReadPermission,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { toMeshSummary } from '../fleet/summary';
import { explainRule } from './explainRule';
import { serviceInput } from './schemas';
import type { Admit, AssistantServices } from './registerActions';

const READ_ONLY = { readOnly: true, idempotent: true } as const;

/** Actions that look: meshes, services, a service's regions, its rule in words. */
export function registerReading(
  { actions, fleet, readers, topology }: AssistantServices,
  admit: Admit,
): void {
  actions.register({
    name: 'list-meshes',
    title: 'List service meshes',
    description:
      'Lists the service meshes (Alibaba Cloud Service Mesh) the portal knows, with their regions, clusters, version and whether they can be reached. Start here to learn the name of a mesh.',
    attributes: READ_ONLY,
    visibilityPermission: meshReadPermission,
    schema: {
      input: z => z.object({}),
      output: z => z.object({ meshes: z.array(z.record(z.any())) }),
    },
    action: async ({ credentials }) => {
      await admit(credentials, meshReadPermission);
      const meshes = (await fleet.list()).map(toMeshSummary);
      return { output: { meshes: meshes.map(mesh => ({ ...mesh })) } };
    },
  });

  actions.register({
    name: 'list-services',
    title: 'List services of a mesh with their verdicts',
    description:
      'Lists services of a mesh, each with its regions and a verdict that says whether it survives the loss of a region and why not. Results come in pages: pass nextCursor as cursor to go on.',
    attributes: READ_ONLY,
    visibilityPermission: serviceReadPermission,
    schema: {
      input: z =>
        z.object({
          mesh: z.string().describe('Name or id of the mesh'),
          search: z
            .string()
            .optional()
            .describe('Part of the name or namespace'),
          cursor: z.string().optional(),
        }),
      output: z =>
        z.object({
          services: z.array(z.record(z.any())),
          nextCursor: z.string().optional(),
        }),
    },
    action: async ({ credentials, input: { mesh, search, cursor } }) => {
      await admit(credentials, serviceReadPermission);
      const { sees } = await readers.visibleIn(credentials, mesh);
      const page = await topology.list({ meshId: mesh, search, cursor, sees });
      return {
        output: {
          services: page.items.map(service => ({ ...service })),
          nextCursor: page.nextCursor,
        },
      };
    },
  });

  actions.register({
    name: 'read-topology',
    title: "Read a service's regional topology",
    description:
      'Returns, for one service: its endpoints per region and cluster (ready and total), gateways, callers, the locality rule in force, the predicted share of calls per caller and region in percent, the findings of the linter, and the verdict for the loss of a region.',
    attributes: READ_ONLY,
    visibilityPermission: serviceReadPermission,
    schema: {
      input: serviceInput,
      output: z => z.object({ topology: z.record(z.any()) }),
    },
    action: async ({ credentials, input: { mesh, ...service } }) => {
      await admit(credentials, serviceReadPermission);
      const asked = { meshId: mesh, ...service };
      await readers.assertReadsNow(credentials, asked);
      const found = await topology.get(asked);
      return { output: { topology: { ...found } } };
    },
  });

  actions.register({
    name: 'explain-effective-rule',
    title: 'Explain the locality rule in force',
    description:
      'Says in sentences which locality rule the callers of a service obey, why that one and no other, which objects it hides, where calls go now per caller region, and what happens when a region is lost.',
    attributes: READ_ONLY,
    visibilityPermission: serviceReadPermission,
    schema: {
      input: serviceInput,
      output: z =>
        z.object({
          explanation: z.string(),
          rule: z.record(z.any()),
        }),
    },
    action: async ({ credentials, input: { mesh, ...service } }) => {
      await admit(credentials, serviceReadPermission);
      const asked = { meshId: mesh, ...service };
      await readers.assertReadsNow(credentials, asked);
      const found = await topology.get(asked);
      return {
        output: { explanation: explainRule(found), rule: { ...found.rule } },
      };
    },
  });
}
