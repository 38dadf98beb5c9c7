import {
  createChangeRequestSchema,
  previewRequestSchema,
  serviceReadPermission,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { InputError } from '@backstage/errors';
import { reducedPreview } from '../access/reduced';
import { parse } from '../routes/parse';
import { wishInput } from './schemas';
import type { Admit, AssistantServices } from './registerActions';

interface Asked {
  mesh: string;
  namespace?: string;
  name?: string;
}

/** Actions that lead to a change: its preview, and the proposal that a person then decides on. */
export function registerProposals(
  { actions, auditor, changes, ownership, readers }: AssistantServices,
  admit: Admit,
): void {
  actions.register({
    name: 'preview-rule',
    title: 'Preview a locality rule',
    description:
      'Says what a locality rule would do without doing it: the share of calls per caller and region before and after, what the linter and the guardrails object, the object before and after, and the hash that a proposal is bound to.',
    attributes: { readOnly: true, idempotent: true },
    visibilityPermission: serviceReadPermission,
    schema: {
      input: wishInput,
      output: z => z.object({ preview: z.record(z.any()) }),
    },
    action: async ({ credentials, input: { intent, ...asked } }) => {
      await admit(credentials, serviceReadPermission);
      const request = parse(previewRequestSchema, {
        target: targetOf(asked),
        intent,
      });
      const { target } = request;
      if (target.scope === 'service') {
        await readers.assertReadsNow(credentials, target);
      }
      const visible = await readers.visibleIn(credentials, target.meshId);
      const preview = reducedPreview(await changes.preview(request), visible);
      return { output: { preview: { ...preview } } };
    },
  });

  actions.register({
    name: 'propose-change',
    title: 'Propose a change of a locality rule',
    description:
      'Asks for a change of a locality rule. It never takes effect by itself: a second person has to approve it in the portal, whatever the approval policy says. Preview first and pass the hash of what was seen.',
    attributes: { readOnly: false, destructive: false, idempotent: false },
    visibilityPermission: serviceReadPermission,
    schema: {
      input: z =>
        wishInput(z).extend({
          previewHash: z.string().describe('The hash that preview-rule gave'),
          reason: z.string().describe('Why, for whoever decides'),
        }),
      output: z =>
        z.object({
          changeId: z.string(),
          status: z.string(),
          approvalExpiresAt: z.string().optional(),
        }),
    },
    action: async ({ credentials, input }) => {
      const { intent, previewHash, reason, ...asked } = input;
      const target = targetOf(asked);
      const event = await auditor.createEvent({
        eventId: 'change-propose',
        severityLevel: 'medium',
        meta: { target: { ...target }, reason },
      });
      try {
        await admit(credentials, ownership.changing(target));
        if (target.scope === 'service') {
          await readers.assertReads(credentials, target);
        }
        const request = parse(createChangeRequestSchema, {
          target,
          intent,
          previewHash,
          reason,
          needsApproval: true,
        });
        const by = nameOf(credentials.principal);
        const change = await changes.create(request, by);
        await event.success({ meta: { changeId: change.id, initiator: by } });
        return {
          output: {
            changeId: change.id,
            status: change.status,
            approvalExpiresAt: change.approvalExpiresAt,
          },
        };
      } catch (error) {
        await event.fail({ error: error as Error });
        throw error;
      }
    },
  });
}

function targetOf({ mesh, namespace, name }: Asked) {
  if (Boolean(namespace) !== Boolean(name)) {
    throw new InputError(
      `${name ? 'namespace' : 'name'} is missing, but ${
        name ? 'name' : 'namespace'
      } is given; pass both for one service, neither for the whole mesh`,
    );
  }
  return namespace && name
    ? ({ scope: 'service', meshId: mesh, namespace, name } as const)
    : ({ scope: 'mesh', meshId: mesh } as const);
}

/** Who proposes: the person the assistant works for, or the service it runs as. */
function nameOf(principal: unknown): string {
  const { userEntityRef, subject } = principal as {
    userEntityRef?: string;
    subject?: string;
  };
  return userEntityRef ?? subject ?? 'unknown';
}
