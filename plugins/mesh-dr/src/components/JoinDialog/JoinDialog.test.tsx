import {
  type MeshDrApi,
  type PreflightReport,
  type Repair,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  failedJoin,
  failingPreflight,
  makeApi,
  runningJoin,
} from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import { mesh } from '../../__testUtils__/topology';
import { JoinDialog } from './JoinDialog';

jest.setTimeout(60_000);

const BANDWIDTH: Repair = {
  kind: 'set-bandwidth',
  attachmentId: 'tr-attach-peer',
  regions: ['cn-hangzhou', 'cn-shanghai'],
  bandwidthType: 'DataTransfer',
  suggestedMbps: 10,
};
const GROUPS: Repair = {
  kind: 'admit-ranges',
  rules: [
    {
      securityGroupId: 'sg-hangzhou',
      region: 'cn-hangzhou',
      cluster: 'ack-hangzhou',
      caller: 'ack-shanghai',
      cidr: '10.1.0.0/16',
    },
  ],
};

function failing(repair: Repair): PreflightReport {
  const checks = failingPreflight.checks.map(check =>
    check.status === 'failed' ? { ...check, repair } : check,
  );
  return {
    ...failingPreflight,
    checks,
    firstFailure: checks.find(({ status }) => status === 'failed'),
  };
}

const passing: PreflightReport = {
  ...failingPreflight,
  ready: true,
  firstFailure: undefined,
  checks: failingPreflight.checks.map(check => ({
    ...check,
    status: 'passed' as const,
    fix: undefined,
  })),
};

/** A cloud that lacks what the repair brings: joins fail until it was applied. */
function lacking(repair: Repair) {
  let done = false;
  let joins = 0;
  const calls: string[] = [];
  const api = makeApi({
    preflight: async () => {
      calls.push('preflight');
      return done ? passing : failing(repair);
    },
    repair: async (_mesh, _cluster, request) => {
      calls.push(`repair ${JSON.stringify(request)}`);
      done = true;
      return { applied: true, repair, check: passing.checks[2] };
    },
    joinCluster: async () => {
      joins += 1;
      calls.push('join');
      return { ...runningJoin, id: `op-${joins}` };
    },
    getOperation: async id =>
      done
        ? { ...runningJoin, id, status: 'succeeded' }
        : {
            ...failedJoin,
            id,
            diagnosis: { ...failedJoin.diagnosis!, preflight: failing(repair) },
          },
  });
  return { api, calls };
}

async function choose(api: MeshDrApi, options = {}) {
  const onJoined = jest.fn();
  renderWithApi(
    <JoinDialog
      meshId={mesh.id}
      meshName={mesh.name}
      onJoined={onJoined}
      onClose={() => {}}
    />,
    api,
    options,
  );
  const dialog = within(await screen.findByRole('dialog'));
  await userEvent.click(await dialog.findByRole('radio'));
  const press = async (name: string) =>
    userEvent.click(await dialog.findByRole('button', { name }));
  return { dialog, press, onJoined };
}

describe('JoinDialog', () => {
  it('goes from the failed join of the FAQ to the joined cluster without leaving', async () => {
    const { api, calls } = lacking(BANDWIDTH);
    const { dialog, press, onJoined } = await choose(api);
    await press('Join anyway');
    expect(
      await dialog.findByText(/ASM in cn-hangzhou cannot reach/),
    ).toBeInTheDocument();

    await press('Set bandwidth 10 Mbit/s');
    const group = dialog.getByRole('group', { name: /Set bandwidth/ });
    expect(group).toHaveTextContent(
      /tr-attach-peer between cn-hangzhou and cn-shanghai .* billed item/,
    );
    // Nothing was changed before the consequence was read.
    expect(calls).toEqual(['preflight', 'join']);
    await press('Apply');

    expect(
      await dialog.findByText(/ack-shanghai has joined/),
    ).toBeInTheDocument();
    expect(calls).toEqual([
      'preflight',
      'join',
      'repair {"check":"cross-region-bandwidth","bandwidthMbps":10}',
      'preflight',
      'join',
    ]);
    expect(onJoined).toHaveBeenCalled();
  });

  it('sets the bandwidth that was typed, checks again, and leaves joining to the reader', async () => {
    const { api, calls } = lacking(BANDWIDTH);
    const { dialog, press } = await choose(api);
    const field = await dialog.findByRole('textbox', {
      name: 'Bandwidth, Mbit/s',
    });
    await userEvent.clear(field);
    await userEvent.type(field, '50');
    await userEvent.tab();
    await press('Set bandwidth 50 Mbit/s');
    await press('Apply');
    expect(
      await dialog.findByText('Everything is in place'),
    ).toBeInTheDocument();
    expect(calls).toEqual([
      'preflight',
      'repair {"check":"cross-region-bandwidth","bandwidthMbps":50}',
      'preflight',
    ]);
    expect(dialog.getByRole('button', { name: 'Join' })).toBeEnabled();
  });

  it('names the rules before it adds them', async () => {
    const { api, calls } = lacking(GROUPS);
    const { dialog, press } = await choose(api);
    await press('Add 1 security group rule');
    expect(
      dialog.getByText(
        'sg-hangzhou of ack-hangzhou admits 10.1.0.0/16 of ack-shanghai',
      ),
    ).toBeInTheDocument();
    await press('Apply');
    await waitFor(() =>
      expect(calls).toContain('repair {"check":"security-groups"}'),
    );
  });

  it('stays with the check when the cloud refuses', async () => {
    const { api, calls } = lacking(BANDWIDTH);
    const refused = {
      ...api,
      repair: async () => {
        throw new Error('QuotaExceeded: no bandwidth left');
      },
    };
    const { dialog, press } = await choose(refused);
    await press('Set bandwidth 10 Mbit/s');
    await press('Apply');
    expect(await dialog.findByText(/QuotaExceeded/)).toBeInTheDocument();
    expect(dialog.getByRole('button', { name: 'Apply' })).toBeEnabled();
    expect(calls).toEqual(['preflight']);
  });

  it('stops waiting, says what goes on, and can be tried again', async () => {
    const { api, calls } = lacking(BANDWIDTH);
    const { dialog, press } = await choose({
      ...api,
      getOperation: async id => ({ ...runningJoin, id }),
      cancelOperation: async id => ({
        ...runningJoin,
        id,
        status: 'cancelled' as const,
        finishedAt: runningJoin.startedAt,
        progress: [
          { at: runningJoin.startedAt, message: 'ASM has no call for it' },
        ],
      }),
    });
    await press('Join anyway');
    await press('Stop waiting');
    expect(
      await dialog.findByText(/Nobody waits for ack-shanghai any more/),
    ).toBeInTheDocument();
    expect(dialog.getByText('ASM has no call for it')).toBeInTheDocument();
    await press('Try again');
    await waitFor(() => expect(calls).toEqual(['preflight', 'join', 'join']));
  });

  it('speaks Chinese', async () => {
    const { api } = lacking(BANDWIDTH);
    const { dialog } = await choose(api, { language: 'zh-CN' });
    expect(
      await dialog.findByRole('button', { name: '设置带宽 10 Mbit/s' }),
    ).toBeInTheDocument();
  });
});
