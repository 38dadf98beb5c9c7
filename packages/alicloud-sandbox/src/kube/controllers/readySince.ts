import type { KubeObject, StorageEvent } from '../../contract';
import { conditionOf, isPodReady } from './conditions';
import type { ControllerContext } from './manager';

/** Since when pods are ready, finer than the whole seconds of their conditions, which a fast clock outruns. */
export class ReadySince {
  private readonly since = new Map<string, number>();

  constructor(private readonly ctx: Pick<ControllerContext, 'now' | 'scale'>) {}

  /** Must hear of every change of a pod. */
  apply({ object, type }: StorageEvent): void {
    if (object.kind !== 'Pod') return;
    const uid = object.metadata.uid!;
    if (type === 'DELETED' || !isPodReady(object)) this.since.delete(uid);
    else if (!this.since.has(uid)) {
      const told = Date.parse(
        conditionOf(object, 'Ready')?.lastTransitionTime ?? '',
      );
      const now = this.ctx.now();
      // An old condition was true before this process looked.
      this.since.set(uid, now - told > 2000 ? told : now);
    }
  }

  /** Simulated milliseconds until a pod will have been ready for so long; 0 when it has, undefined while it is not ready. */
  missing(pod: KubeObject, minReadySeconds: number): number | undefined {
    const since = this.since.get(pod.metadata.uid!);
    if (since === undefined || !isPodReady(pod)) return undefined;
    const passed = (this.ctx.now() - since) * this.ctx.scale;
    return Math.max(0, minReadySeconds * 1000 - passed);
  }
}
