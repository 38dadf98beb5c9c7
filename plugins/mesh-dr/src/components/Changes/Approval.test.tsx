import {
  changeApprovePermission,
  changeBreakGlassPermission,
  type Change,
  type MeshDrApi,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { makeApi, makeChange } from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import { mesh } from '../../__testUtils__/topology';
import { Changes } from './Changes';

jest.setTimeout(60_000);

const minutes = (n: number) => new Date(Date.now() + n * 60_000).toISOString();

const waiting = makeChange({
  id: 'change-2',
  status: 'pending-approval',
  requestedBy: 'user:default/grace',
  reason: 'Warm Shanghai up',
  verified: undefined,
  intent: { mode: 'off' },
  approvalExpiresAt: minutes(25.5),
});

function render(
  options: Parameters<typeof renderWithApi>[2] = {},
  change: Change = waiting,
  methods: Partial<MeshDrApi> = {},
) {
  const api = makeApi({
    listChanges: async () => ({ items: [change] }),
    getChange: async () => change,
    ...methods,
  });
  renderWithApi(
    <Changes
      meshId={mesh.id}
      service={{ namespace: 'default', name: 'reviews' }}
      revision={0}
      onChanged={() => undefined}
    />,
    api,
    options,
  );
  return api;
}

const box = () => screen.findByRole('group', { name: 'Waiting for approval' });

describe('a change that waits for a second person', () => {
  it('is shown with its prediction of now, and approved as it was read', async () => {
    const approveChange = jest.fn(async () =>
      makeChange({ id: 'change-2', approvedBy: 'user:default/ada' }),
    );
    const preview = jest.fn(makeApi().preview);
    render({ user: 'user:default/ada' }, waiting, {
      approveChange,
      preview,
      etagOf: resource => (resource === waiting ? '"seen"' : undefined),
    });
    expect(await box()).toHaveTextContent('lapses in 25 minutes');
    await userEvent.click(
      await within(await box()).findByRole('button', { name: 'Approve' }),
    );
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('grace asked for it');
    expect(dialog).toHaveTextContent('“Warm Shanghai up”');
    expect(
      await within(dialog).findByText('can be applied'),
    ).toBeInTheDocument();
    expect(preview.mock.calls[0][0]).toEqual({
      target: waiting.target,
      intent: waiting.intent,
    });
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Approve and apply' }),
    );
    expect(
      await within(dialog).findByText('Applied and read back'),
    ).toBeInTheDocument();
    expect(approveChange).toHaveBeenCalledWith('change-2', {
      ifMatch: '"seen"',
    });
  });

  it('says why the server did not take the approval, and stays open', async () => {
    render({ user: 'user:default/ada' }, waiting, {
      approveChange: async () => {
        throw new Error('the rule was edited since the preview');
      },
    });
    await userEvent.click(
      await within(await box()).findByRole('button', { name: 'Approve' }),
    );
    const dialog = await screen.findByRole('dialog');
    const submit = within(dialog).getByRole('button', {
      name: 'Approve and apply',
    });
    await waitFor(() => expect(submit).toBeEnabled());
    await userEvent.click(submit);
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(
      'the rule was edited since the preview',
    );
  });

  it('cannot be approved by whoever asked for it, but withdrawn', async () => {
    const rejectChange = jest.fn(async () =>
      makeChange({ id: 'change-2', status: 'rejected' }),
    );
    render({ user: 'user:default/grace' }, waiting, { rejectChange });
    await waitFor(async () =>
      expect(await box()).toHaveTextContent('You asked for it'),
    );
    expect(
      within(await box()).queryByRole('button', { name: 'Approve' }),
    ).not.toBeInTheDocument();
    await userEvent.click(
      within(await box()).getByRole('button', { name: 'Withdraw' }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Reason/ }),
      'No longer needed',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Reject' }),
    );
    await waitFor(() =>
      expect(rejectChange).toHaveBeenCalledWith('change-2', 'No longer needed'),
    );
  });

  it('tells those who may not decide who may', async () => {
    render({ denied: [changeApprovePermission.name] });
    expect(await box()).toHaveTextContent(
      'Somebody else with the permission mesh-dr.change.approve has to decide.',
    );
    expect(within(await box()).queryByRole('button')).not.toBeInTheDocument();
  });

  it('offers nothing once its time is over', async () => {
    render({}, { ...waiting, approvalExpiresAt: minutes(-1) });
    expect(await box()).toHaveTextContent('its time is over');
    expect(within(await box()).queryByRole('button')).not.toBeInTheDocument();
  });
});

describe('guardrails that were set aside', () => {
  it('stay written on the change', async () => {
    render({}, makeChange({ overrides: ['freeze-window'] }));
    expect(
      await screen.findByText(
        'Freeze window: change rules though they are frozen',
      ),
    ).toBeInTheDocument();
  });

  it('can be named for a way back, by those who may', async () => {
    const rollbackChange = jest.fn(async () => makeChange());
    render({}, makeChange(), { rollbackChange });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Roll back' }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Reason/ }),
      'Fire',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: /In an emergency/ }),
    );
    await userEvent.click(
      within(dialog).getByRole('checkbox', { name: /without a second person/ }),
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Roll back' }),
    );
    await waitFor(() =>
      expect(rollbackChange).toHaveBeenCalledWith('change-1', {
        reason: 'Fire',
        overrides: ['approval'],
      }),
    );
  });

  it('are not mentioned to the others', async () => {
    render({ denied: [changeBreakGlassPermission.name] }, makeChange());
    await userEvent.click(
      await screen.findByRole('button', { name: 'Roll back' }),
    );
    expect(await screen.findByRole('dialog')).not.toHaveTextContent(
      'In an emergency',
    );
  });
});
