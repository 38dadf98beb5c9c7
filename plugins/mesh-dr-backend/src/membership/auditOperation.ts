import type { AuditorService } from '@backstage/backend-plugin-api';
import type { Operation } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { auditOwnDecision } from '../access/ownDecision';

/** Writes down that a join or leave was taken over (`membership-resume`), or how it ended (`membership-end`). */
export function auditOperation(
  auditor: AuditorService,
  eventId: 'membership-resume' | 'membership-end',
  operation: Operation,
): Promise<void> {
  const { id, kind, meshId, clusterId, requestedBy, progress } = operation;
  return auditOwnDecision(
    auditor,
    eventId,
    { operationId: id, kind, meshId, clusterId, requestedBy },
    operation.status === 'failed'
      ? progress[progress.length - 1].message
      : undefined,
  );
}
