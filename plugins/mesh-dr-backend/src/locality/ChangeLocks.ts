import type { RuleTarget } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Leases } from '../database/Leases';

const LOCK_MS = 30_000;
const LOCK_WAIT_MS = 90_000;

/** One writer per mesh over all replicas: ASM's settings have no compare-and-set of their own. */
export class ChangeLocks {
  constructor(private readonly leases: Leases) {}

  /** Runs `work` as the only writer of the target's mesh. Throws ConflictError when others write for too long. */
  hold<T>(target: RuleTarget, work: () => Promise<T>): Promise<T> {
    return this.leases.hold(
      keyOf(target),
      {
        ttlMs: LOCK_MS,
        waitMs: LOCK_WAIT_MS,
        what: `The rules of mesh ${target.meshId}`,
      },
      work,
    );
  }

  /** Runs `work` if nobody else is at work on this mesh; false otherwise. */
  tryHold(target: RuleTarget, work: () => Promise<void>): Promise<boolean> {
    return this.leases.tryHold(keyOf(target), LOCK_MS, work);
  }
}

function keyOf({ meshId }: RuleTarget): string {
  return `mesh:${meshId}`;
}
