import { logOf } from '../lib/portal';
import { ENVIRONMENT, type Walkthrough } from './context';

/** Tears the environment down and compares the cloud's full inventory with the one before it existed. */
export async function destroy(walk: Walkthrough, before: string[]) {
  await walk.steps.step(
    'Run "Tear down an environment"',
    'task completed',
    async () => {
      const task = await walk.operator.runTemplate('destroy-environment', {
        environment: ENVIRONMENT,
        confirm: ENVIRONMENT,
      });
      return {
        ok: task.status === 'completed',
        seen:
          task.status === 'completed' ? task.status : logOf(task).slice(-900),
      };
    },
  );
  await walk.steps.step(
    'Full inventory of the cloud',
    `the ${before.length} resources of before, nothing else`,
    async () => {
      const after = await walk.inventory();
      const left = after.filter(item => !before.includes(item));
      const lost = before.filter(item => !after.includes(item));
      return {
        ok: left.length === 0 && lost.length === 0,
        seen:
          left.length + lost.length === 0
            ? `${after.length} resources, identical`
            : `left behind: ${left.join(', ') || 'nothing'}; missing: ${
                lost.join(', ') || 'nothing'
              }`,
      };
    },
  );
}
