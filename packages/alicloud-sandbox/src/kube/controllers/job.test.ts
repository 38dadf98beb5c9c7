import type { KubeObject } from '../../contract';
import { setUpControllers } from '../__testUtils__/controllers';
import { eventually } from '../__testUtils__/fleet';
import { JOBS } from '../kinds';
import { isTrue } from './conditions';

const job = (name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'default' },
  spec: {
    template: {
      metadata: {},
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'ping', image: 'busybox:1', command: ['ping'] }],
      },
    },
    ...spec,
  },
});

describe('jobs', () => {
  const setup = setUpControllers();
  const { pods, withNodes } = setup;

  it('run their pod and keep its log', async () => {
    await withNodes();
    setup.test.fleet.setPodRuntime({
      run: async (_c, pod) => ({
        exitCode: 0,
        log: `ran ${pod.spec.containers[0].command[0]}\n`,
      }),
    });
    setup.cluster.storage.create(JOBS, job('good'));
    const done = await eventually('the job is complete', () => {
      const j = setup.cluster.storage.get(JOBS, 'default', 'good')!;
      return isTrue(j, 'Complete') ? j : undefined;
    });
    expect(done.status).toMatchObject({
      succeeded: 1,
      completionTime: expect.any(String),
    });
    expect(pods()[0].status).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ state: { terminated: { exitCode: 0 } } }],
    });
  });

  it('try again as often as the back-off limit says, then fail', async () => {
    await withNodes();
    let runs = 0;
    setup.test.fleet.setPodRuntime({
      run: async () => {
        runs += 1;
        return { exitCode: 7, log: 'no\n' };
      },
    });
    setup.cluster.storage.create(JOBS, job('bad', { backoffLimit: 2 }));
    await eventually('the job failed', () =>
      isTrue(setup.cluster.storage.get(JOBS, 'default', 'bad')!, 'Failed'),
    );
    expect(runs).toBe(3);
    expect(
      setup.cluster.storage.get(JOBS, 'default', 'bad')!.status.failed,
    ).toBe(3);
  });

  it('end at their deadline', async () => {
    await withNodes();
    setup.test.fleet.setPodRuntime({ run: () => new Promise(() => {}) });
    setup.cluster.storage.create(
      JOBS,
      job('slow', { activeDeadlineSeconds: 20 }),
    );
    await eventually('the job failed', () => {
      const j = setup.cluster.storage.get(JOBS, 'default', 'slow')!;
      return j.status.conditions?.some(
        (c: any) => c.reason === 'DeadlineExceeded',
      );
    });
    await eventually('its pod is gone', () => pods().length === 0);
    expect(setup.test.warnings).toEqual([]);
  });
});
