import type { Operation } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { runAction } from '../__testUtils__/context';
import { createDeps } from '../__testUtils__/deps';
import { createClustersJoinAction } from './clustersJoin';

const operation = (changes: Partial<Operation>): Operation => ({
  id: 'op-1',
  kind: 'join',
  meshId: 'mesh-1',
  clusterId: 'c2',
  status: 'running',
  startedAt: '2026-01-01T00:00:00Z',
  requestedBy: 'user:default/pavel',
  progress: [],
  ...changes,
});

function meshDr(...later: Partial<Operation>[]) {
  const answers = [...later];
  return {
    getMesh: async () => ({
      id: 'mesh-1',
      name: 'mesh',
      clusters: [{ id: 'c1', state: 'running' }],
    }),
    joinCluster: jest.fn(async () => operation({})),
    getOperation: jest.fn(async () =>
      operation(answers.length > 1 ? answers.shift()! : answers[0]),
    ),
  };
}

describe('dr:clusters:join', () => {
  it('joins who is no member yet, and shows the progress once', async () => {
    const api = meshDr(
      { progress: [{ at: '', message: 'asked ASM' }] },
      { progress: [{ at: '', message: 'asked ASM' }] },
      {
        status: 'succeeded',
        progress: [
          { at: '', message: 'asked ASM' },
          { at: '', message: 'running' },
        ],
      },
    );
    const action = createClustersJoinAction(createDeps({ meshDr: api as any }));
    const { output, log } = await runAction(action, {
      mesh: 'mesh',
      clusters: ['c1', 'c2'],
    });
    expect(api.joinCluster).toHaveBeenCalledTimes(1);
    expect(api.joinCluster).toHaveBeenCalledWith(
      'mesh-1',
      'c2',
      expect.anything(),
    );
    expect(output).toEqual({ meshId: 'mesh-1', joined: ['c1', 'c2'] });
    expect(log.filter(line => line === 'c2: asked ASM')).toHaveLength(1);
  });

  it('explains a failure with the first cause, its fix and what ASM says', async () => {
    const check = {
      id: 'cross-region-bandwidth' as const,
      status: 'failed' as const,
      title: 'Cross-region bandwidth',
      evidence: 'none on tr-attach-1',
      fix: 'Set bandwidth on tr-attach-1',
    };
    const api = meshDr({
      status: 'failed',
      diagnosis: {
        summary: 'The link has no cross-region bandwidth.',
        asmMessage: 'i/o timeout',
        preflight: {
          meshId: 'mesh-1',
          clusterId: 'c2',
          ranAt: '',
          ready: false,
          checks: [
            check,
            {
              id: 'api-server-reachable',
              status: 'failed',
              title: 'API server',
              evidence: 'unreachable',
            },
          ],
          firstFailure: check,
        },
      },
    });
    const action = createClustersJoinAction(createDeps({ meshDr: api as any }));
    await expect(
      runAction(action, { mesh: 'mesh', clusters: ['c2'] }),
    ).rejects.toThrow(
      [
        'Cluster c2 could not join mesh mesh. The link has no cross-region bandwidth.',
        'Fix: Set bandwidth on tr-attach-1',
        '- also failed (api-server-reachable): unreachable',
        'ASM says: i/o timeout',
      ].join('\n'),
    );
  });

  it('stops waiting when the task is cancelled', async () => {
    const controller = new AbortController();
    const api = meshDr({ status: 'running' });
    api.getOperation.mockImplementation(async () => {
      controller.abort();
      return operation({});
    });
    const action = createClustersJoinAction(createDeps({ meshDr: api as any }));
    await expect(
      runAction(
        action,
        { mesh: 'mesh', clusters: ['c2'] },
        { signal: controller.signal },
      ),
    ).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(api.getOperation).toHaveBeenCalledTimes(1);
  });
});
