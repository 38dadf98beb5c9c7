import { logOf } from '../lib/portal';
import { until } from '../lib/until';
import { ENVIRONMENT, HANGZHOU, SHANGHAI, type Walkthrough } from './context';

const TEMPLATE = 'multi-region-mesh';

/** Steps 0 to 3 of the guide, its FAQ first. Returns whether there is a mesh to go on with. */
export async function provision(walk: Walkthrough): Promise<boolean> {
  const { operator, steps } = walk;

  await steps.step(
    'Overlapping CIDRs in the form',
    'refused before anything is made, naming both',
    async () => {
      const plan: any = await operator.formDefaults(TEMPLATE);
      const [first, second] = plan.network.clusters;
      second.podCidr = first.podCidr;
      const task = await operator.runTemplate(TEMPLATE, {
        ...plan,
        name: ENVIRONMENT,
      });
      const log = logOf(task);
      const made = (await walk.inventory()).length;
      return {
        ok:
          task.status === 'failed' &&
          /ack-hangzhou/.test(log) &&
          /ack-shanghai/.test(log) &&
          made === 0,
        seen: `${task.status}, ${made} resources made: ${log.slice(-400)}`,
      };
    },
  );

  await steps.step(
    'Cross-region bandwidth left out (the FAQ)',
    'two regions come up; joining fails, diagnosis names the missing bandwidth',
    async () => {
      const task = await operator.runTemplate(TEMPLATE, {
        name: ENVIRONMENT,
        bandwidthMbps: 0,
      });
      const log = logOf(task);
      return {
        ok: task.status === 'failed' && /cross-region bandwidth/i.test(log),
        seen: `${task.status}: ${
          log
            .split('\n')
            .filter(line => /bandwidth/i.test(line))
            .pop() ?? log.slice(-600)
        }`,
      };
    },
  );

  const joined = await steps.step(
    'Bandwidth set, template run again',
    'nothing made twice; both clusters join; gateway in both regions',
    async () => {
      const before = await walk.inventory();
      const task = await operator.runTemplate(TEMPLATE, {
        name: ENVIRONMENT,
        bandwidthMbps: 100,
      });
      const after = await walk.inventory();
      const added = after.filter(item => !before.includes(item));
      const twice = added.filter(item =>
        /^(vpc|vswitch|cen|transit|cluster|ack|service-?mesh|asm)/i.test(item),
      );
      return {
        ok: task.status === 'completed' && twice.length === 0,
        seen:
          task.status === 'completed'
            ? `completed; ${before.length} resources before, added ${
                added.join(', ') || 'none'
              }`
            : logOf(task).slice(-900),
      };
    },
  );
  if (!joined) return false;

  return steps.step(
    'The fleet over REST',
    'one mesh, two clusters running, both regions watched',
    async () => {
      const mesh = await until(
        'the mesh with both clusters',
        async () => {
          const [first] = await operator.mesh.listMeshes();
          return first?.clusters.length === 2 &&
            first.clusters.every(
              cluster =>
                cluster.state === 'running' &&
                cluster.connection.state === 'ok',
            )
            ? first
            : undefined;
        },
        60_000,
      );
      walk.meshId = mesh.id;
      const regions = mesh.clusters.map(cluster => cluster.region).sort();
      const entity = await operator.entity('system', ENVIRONMENT);
      return {
        ok:
          regions.join() === [HANGZHOU, SHANGHAI].join() &&
          entity.metadata.name === ENVIRONMENT,
        seen: `${mesh.version}, ${regions.join(' and ')}, system ${
          entity.metadata.name
        } in the catalog`,
      };
    },
  );
}
