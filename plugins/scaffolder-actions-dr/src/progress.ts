import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  EnvironmentPlan,
  ProgressEvent,
  ResourceReport,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { formatElapsed } from './wait';

/** One log line per resource transition, with the time since the step began. */
export function logProgress(
  logger: LoggerService,
): (event: ProgressEvent) => void {
  return event => {
    if (event.state === 'looking') return;
    const line = [
      `[${formatElapsed(event.elapsedMs)}]`,
      event.key,
      event.state,
      event.id,
      event.detail && `(${event.detail})`,
    ]
      .filter(Boolean)
      .join(' ');
    if (event.state === 'failed') logger.error(line);
    else logger.info(line);
  };
}

/** The failed and skipped resources of a run as lines of an error message. */
export function failureLines(resources: ResourceReport[]): string {
  return resources
    .filter(({ result }) => result === 'failed' || result === 'skipped')
    .map(({ key, result, reason }) => `- ${key} ${result}: ${reason}`)
    .join('\n');
}

/** A plan as lines: one a resource, then how many of each, and what decides how long it takes. */
export function planLines(plan: EnvironmentPlan): string[] {
  const counts = new Map<string, number>();
  for (const { action } of plan.resources) {
    counts.set(action, (counts.get(action) ?? 0) + 1);
  }
  return [
    ...plan.resources.map(
      ({ key, action, title, id, reason, expectedMs }) =>
        `${action} ${key}: ${title}${id ? ` ${id}` : ''}${
          reason ? ` (${reason})` : ''
        }${expectedMs ? `, about ${formatElapsed(expectedMs)}` : ''}`,
    ),
    `Plan: ${[...counts]
      .map(([action, count]) => `${count} to ${action}`)
      .join(', ')}`,
    plan.criticalPath.length
      ? `Expected duration ${formatElapsed(
          plan.expectedMs,
        )}, decided by ${plan.criticalPath.join(' → ')}`
      : 'Nothing to wait for',
  ];
}

/** `8 created, 2 unchanged`. */
export function tally(resources: ResourceReport[]): string {
  const counts = new Map<string, number>();
  for (const { result } of resources) {
    counts.set(result, (counts.get(result) ?? 0) + 1);
  }
  return (
    [...counts].map(([result, count]) => `${count} ${result}`).join(', ') ||
    'nothing to do'
  );
}
