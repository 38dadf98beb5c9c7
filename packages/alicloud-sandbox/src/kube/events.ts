import type { KubeObject } from '../contract';
import { byInvolved } from './indexes';
import { timestamp } from './json';
import { EVENTS } from './kinds';
import type { ClusterStorage } from './storage';

/** So many events are kept per cluster; the oldest go first. */
const KEPT = 1000;

/** Records an Event, or counts up the one that says the same about the same object. */
export function recordEvent(
  storage: ClusterStorage,
  now: number,
  about: KubeObject,
  event: { type: string; reason: string; message: string; component: string },
): void {
  const namespace = about.metadata.namespace ?? 'default';
  const time = timestamp(now);
  const same = storage
    .find(EVENTS, byInvolved(about.metadata.uid ?? ''))
    .find(e => e.reason === event.reason && e.message === event.message);
  if (same) {
    storage.update(EVENTS, same.metadata.namespace, same.metadata.name, o => {
      o.count = (o.count ?? 1) + 1;
      o.lastTimestamp = time;
    });
    return;
  }
  if (storage.size(EVENTS) >= KEPT) {
    const oldest = storage
      .list(EVENTS)
      .sort((a, b) =>
        String(a.lastTimestamp).localeCompare(String(b.lastTimestamp)),
      )
      .slice(0, KEPT / 10);
    for (const old of oldest)
      storage.delete(EVENTS, old.metadata.namespace, old.metadata.name);
  }
  try {
    storage.create(EVENTS, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: storage.names.generated(
          storage.row(EVENTS),
          namespace,
          `${about.metadata.name}.`,
          16,
        ),
        namespace,
      },
      involvedObject: {
        kind: about.kind,
        namespace: about.metadata.namespace,
        name: about.metadata.name,
        uid: about.metadata.uid,
        apiVersion: about.apiVersion,
        resourceVersion: about.metadata.resourceVersion,
      },
      type: event.type,
      reason: event.reason,
      message: event.message,
      source: { component: event.component },
      reportingComponent: event.component,
      reportingInstance: '',
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    });
  } catch {
    // A namespace that is being deleted takes no more events, and nobody needs them.
  }
}
