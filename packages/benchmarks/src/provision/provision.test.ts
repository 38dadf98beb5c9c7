import { withProcesses } from './processes';
import { guide } from './specs';

jest.setTimeout(120_000);

describe('the processes of the provisioning benchmark', () => {
  it('make and destroy an environment, and count what that took', async () => {
    const spec = guide('test');
    await withProcesses(200, async measure => {
      for (const kind of ['provision', 'destroy'] as const) {
        const run = await measure({ kind, spec, limited: false });
        expect(run.report.status).toBe(
          kind === 'provision' ? 'ready' : 'destroyed',
        );
        const made = kind === 'provision' ? 'CreateCluster' : 'DeleteCluster';
        expect(run.calls[`CS.${made}`]).toBe(2);
        expect(run.seconds).toBeGreaterThan(run.criticalSeconds);
        expect(run.cpuSeconds).toBeGreaterThan(0);
        expect(run.heap.length).toBeGreaterThan(0);
      }
    });
  });
});
