import type {
  AuditorService,
  AuditorServiceEvent,
} from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';

/** In whose name the plugin acts when nobody asks. */
export const SYSTEM_REF = 'plugin:mesh-dr';

/**
 * Begins the audit event of something that the plugin does by itself. The auditor names the plugin as the actor, since
 * there is no request; `initiator` says the same as in the events of routes.
 */
export function beginOwnEvent(
  auditor: AuditorService,
  eventId: string,
  meta: JsonObject,
): Promise<AuditorServiceEvent> {
  return auditor.createEvent({
    eventId,
    severityLevel: 'medium',
    meta: { initiator: SYSTEM_REF, ...meta },
  });
}

/** Writes down what the plugin did by itself, and the `problem` if it did not come out well. */
export async function auditOwnDecision(
  auditor: AuditorService,
  eventId: string,
  meta: JsonObject,
  problem?: string,
): Promise<void> {
  const event = await beginOwnEvent(auditor, eventId, meta);
  await (problem ? event.fail({ error: new Error(problem) }) : event.success());
}
