import type { LocalityIntent } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Portal } from '../lib/portal';
import { BOTH_WAYS, HANGZHOU, SHANGHAI, type Walkthrough } from './context';

/** Bad input over REST: each refusal names what is wrong and what to do. */
export async function refusals(walk: Walkthrough) {
  const reader = new Portal(walk.env.portal, 'user:default/rita');
  const message = (promise: Promise<unknown>) =>
    promise.then(
      value => `accepted: ${JSON.stringify(value).slice(0, 200)}`,
      error => error.body?.error?.message ?? error.message,
    );
  const refused = async (
    name: string,
    expected: RegExp,
    attempt: () => Promise<unknown>,
  ) =>
    walk.steps.step(name, `an error like ${expected}`, async () => {
      const seen = await message(attempt());
      return { ok: expected.test(seen) && !/^accepted/.test(seen), seen };
    });
  const change = (
    intent: LocalityIntent,
    name = 'reviews',
    portal: Portal = walk.operator,
  ) =>
    portal.mesh.createChange({
      target: {
        scope: 'service',
        meshId: walk.meshId,
        namespace: 'default',
        name,
      },
      intent,
      reason: 'must be refused',
    });

  await refused('A service that does not exist', /nosuch/, () =>
    walk.topology('nosuch'),
  );
  await refused(
    'Failover from a region to itself',
    /itself|same region|differ/i,
    () =>
      change({
        mode: 'failover',
        failover: [{ from: HANGZHOU, to: HANGZHOU }],
      }),
  );
  await refused('Weights that sum to 90', /sum.*100|100.*sum|add up/i, () =>
    change({
      mode: 'distribution',
      distribute: [{ from: HANGZHOU, to: { [HANGZHOU]: 80, [SHANGHAI]: 10 } }],
    }),
  );
  await refused(
    'A reader changes a rule',
    /not allowed|unauthorized|denied|permission/i,
    () => change({ mode: 'failover', failover: BOTH_WAYS }, 'reviews', reader),
  );
}
