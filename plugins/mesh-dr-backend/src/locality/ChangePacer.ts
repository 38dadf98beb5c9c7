import { ConflictError } from '@backstage/errors';
import type { RuleTarget } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { sleep } from '../util/abort';
import type { ChangeLocks } from './ChangeLocks';
import { LONGEST_WAIT_MS, type Guardrails } from './Guardrails';

/** How long a change queues behind others of the same services before it gives up. */
const QUEUE_MS = 60_000;

/** Lets changes of the same services follow one another at the pace the wait period sets. */
export class ChangePacer {
  constructor(
    private readonly locks: ChangeLocks,
    private readonly guardrails: Guardrails,
    private readonly now: () => number,
  ) {}

  /**
   * Runs `work` as the only writer of the target's mesh, once the wait period since the last change is over. A long period
   * is not waited for: the guardrail that `work` asks refuses with it. Throws ConflictError when others are always faster.
   */
  async run<T>(
    target: RuleTarget,
    waits: boolean,
    work: () => Promise<T>,
  ): Promise<T> {
    const giveUpAt = this.now() + QUEUE_MS;
    const shortWait = async () => {
      const ms = waits ? await this.guardrails.waitMs(target) : 0;
      return ms <= LONGEST_WAIT_MS ? ms : 0;
    };
    for (;;) {
      await sleep(await shortWait());
      // Somebody else may have had the turn while this one waited for the lock.
      const done = await this.locks.hold(target, async () =>
        (await shortWait()) > 0 ? undefined : { value: await work() },
      );
      if (done) return done.value;
      if (this.now() > giveUpAt) {
        throw new ConflictError(
          'Other changes of the same services keep coming first; try again in a moment',
        );
      }
    }
  }
}
