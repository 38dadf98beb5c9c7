import { runAction } from '../__testUtils__/context';
import { createDeps } from '../__testUtils__/deps';
import {
  createDistributionConfigureAction,
  createFailoverConfigureAction,
  parseService,
} from './localityConfigure';

function meshDr(options: { findings?: any[]; change?: any } = {}) {
  const { findings = [], change = { status: 'applied' } } = options;
  return {
    getMesh: async () => ({ id: 'mesh-1', name: 'mesh', clusters: [] }),
    preview: jest.fn(async () => ({
      findings,
      applicable: !findings.some(finding => finding.severity === 'refuse'),
      steps: ['Apply the fields'],
      after: 'trafficPolicy: {}',
      hash: 'h1',
    })),
    createChange: jest.fn(async () => ({ id: 'change-1', status: 'applying' })),
    getChange: jest.fn(async () => ({ id: 'change-1', ...change })),
  };
}

const input = {
  mesh: 'mesh',
  service: 'reviews.default',
  reason: 'because',
  failover: [{ from: 'cn-hangzhou', to: 'cn-shanghai' }],
};

describe('dr:failover:configure', () => {
  it('previews, creates the change bound to the preview, and reports it', async () => {
    const api = meshDr();
    const { output } = await runAction(
      createFailoverConfigureAction(createDeps({ meshDr: api as any })),
      input,
    );
    expect(api.createChange).toHaveBeenCalledWith(
      {
        target: {
          scope: 'service',
          meshId: 'mesh-1',
          namespace: 'default',
          name: 'reviews',
        },
        intent: { mode: 'failover', failover: input.failover },
        reason: 'because',
        previewHash: 'h1',
      },
      expect.anything(),
    );
    expect(output).toMatchObject({ changeId: 'change-1', status: 'applied' });
  });

  it('creates no second change when the task is taken over', async () => {
    const api = meshDr();
    const action = createFailoverConfigureAction(
      createDeps({ meshDr: api as any }),
    );
    const checkpoints = new Map();
    await runAction(action, input, { checkpoints });
    await runAction(action, input, { checkpoints });
    expect(api.createChange).toHaveBeenCalledTimes(1);
  });

  it('ends well when the change waits for approval', async () => {
    const api = meshDr({ change: { status: 'pending-approval' } });
    const { output, log } = await runAction(
      createFailoverConfigureAction(createDeps({ meshDr: api as any })),
      input,
    );
    expect(output.status).toBe('pending-approval');
    expect(log.join('\n')).toContain('waits for approval');
  });

  it('turns refused findings into the error, with their fixes, and changes nothing', async () => {
    const api = meshDr({
      findings: [
        {
          id: 'x',
          severity: 'refuse',
          message: 'Nothing would ever be ejected.',
          evidence: '2 pods, 10 %',
          fix: { label: 'Set maxEjectionPercent to 100', intent: {} },
        },
        { id: 'y', severity: 'warn', message: 'Slow', evidence: '' },
      ],
    });
    await expect(
      runAction(
        createFailoverConfigureAction(createDeps({ meshDr: api as any })),
        input,
      ),
    ).rejects.toThrow(
      'The rule for service default/reviews would not do what it says, so it is refused:\n- Nothing would ever be ejected. (2 pods, 10 %) Fix: Set maxEjectionPercent to 100.',
    );
    expect(api.createChange).not.toHaveBeenCalled();
  });

  it('fails when applying failed, with the reason', async () => {
    const api = meshDr({ change: { status: 'failed', error: 'conflict' } });
    await expect(
      runAction(
        createFailoverConfigureAction(createDeps({ meshDr: api as any })),
        input,
      ),
    ).rejects.toThrow(
      'Change change-1 of service default/reviews was failed: conflict',
    );
  });

  it('touches nothing in a dry run', async () => {
    const api = meshDr();
    const { output, log } = await runAction(
      createFailoverConfigureAction(createDeps({ meshDr: api as any })),
      input,
      { isDryRun: true },
    );
    expect(api.createChange).not.toHaveBeenCalled();
    expect(output.status).toBe('previewed');
    expect(log.join('\n')).toContain('trafficPolicy: {}');
  });

  it('refuses a failover of a region to itself', async () => {
    await expect(
      runAction(createFailoverConfigureAction(createDeps()), {
        ...input,
        failover: [{ from: 'cn-hangzhou', to: 'cn-hangzhou' }],
      }),
    ).rejects.toThrow('cn-hangzhou cannot fail over to itself');
  });
});

describe('dr:distribution:configure', () => {
  it('refuses shares that do not sum to 100', async () => {
    await expect(
      runAction(createDistributionConfigureAction(createDeps()), {
        mesh: 'mesh',
        reason: 'because',
        distribute: [{ from: 'a', to: { a: 80, b: 10 } }],
      }),
    ).rejects.toThrow('sum to 90 %; make them sum to 100');
  });

  it('is for the whole mesh without a service', async () => {
    const api = meshDr();
    await runAction(
      createDistributionConfigureAction(createDeps({ meshDr: api as any })),
      {
        mesh: 'mesh',
        reason: 'because',
        distribute: [{ from: 'a', to: { a: 90, b: 10 } }],
      },
    );
    expect(api.preview).toHaveBeenCalledWith(
      {
        target: { scope: 'mesh', meshId: 'mesh-1' },
        intent: {
          mode: 'distribution',
          distribute: [{ from: 'a', to: { a: 90, b: 10 } }],
        },
      },
      expect.anything(),
    );
  });
});

it.each([
  ['reviews', 'default', 'reviews'],
  ['reviews.shop', 'shop', 'reviews'],
  ['reviews.shop.svc.cluster.local', 'shop', 'reviews'],
  ['shop/reviews', 'shop', 'reviews'],
])('reads service %s', (text, namespace, name) => {
  expect(parseService(text)).toEqual({ namespace, name });
});

it('refuses what is no service', () => {
  expect(() => parseService('a b')).toThrow('write it as service.namespace');
});
