import type {
  CreateChangeRequest,
  CreateShiftRequest,
  MeshDrApi,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { makeApi, makeChange, makePreview } from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import { makeShift } from '../../__testUtils__/shifts';
import {
  HANGZHOU,
  makeEvacuatedTopology,
  SHANGHAI,
} from '../../__testUtils__/topology';
import { ServiceTab } from '../ServiceTab/ServiceTab';

jest.setTimeout(60_000);

type Given = Parameters<typeof makeApi>[0];

const render = (
  given: Given = {},
  options: Parameters<typeof renderWithApi>[2] = {},
) =>
  renderWithApi(
    <ServiceTab />,
    makeApi({
      preview: async request => ({
        ...makePreview(request),
        findings: [],
        applicable: true,
      }),
      ...given,
    }),
    options,
  );

const press = async (name: string | RegExp) =>
  userEvent.click(await screen.findByRole('button', { name }));

const evacuation = makeChange({
  id: 'change-7',
  reason: 'Flood',
  intent: { mode: 'evacuation', from: HANGZHOU, to: SHANGHAI },
});

describe('evacuating a region', () => {
  it('previews, then applies with reason and end', async () => {
    const preview = jest.fn<
      ReturnType<MeshDrApi['preview']>,
      Parameters<MeshDrApi['preview']>
    >(async request => ({
      ...makePreview(request),
      findings: [],
      applicable: true,
    }));
    const createChange = jest.fn(async (request: CreateChangeRequest) =>
      makeChange({ intent: request.intent, reason: request.reason }),
    );
    render({ preview, createChange });
    await press('Evacuate a region…');
    const choose = await screen.findByRole('dialog');
    const next = within(choose).getByRole('button', { name: 'Apply…' });
    await waitFor(() => expect(next).toBeEnabled());
    expect(preview.mock.lastCall?.[0].intent).toMatchObject({
      mode: 'evacuation',
      from: HANGZHOU,
      to: SHANGHAI,
      outlierDetection: { consecutive5xxErrors: 1 },
    });
    await userEvent.click(next);
    const apply = await screen.findByRole('dialog');
    expect(
      within(apply).getByRole('button', { name: /Returns by itself/ }),
    ).toHaveTextContent('after 4 hours');
    await userEvent.type(
      within(apply).getByRole('textbox', { name: /Reason/ }),
      'Flood',
    );
    await userEvent.click(within(apply).getByRole('button', { name: 'Apply' }));
    await waitFor(() =>
      expect(createChange).toHaveBeenCalledWith(
        expect.objectContaining({
          reason: 'Flood',
          expiresAt: expect.any(String),
          intent: expect.objectContaining({ mode: 'evacuation', to: SHANGHAI }),
        }),
      ),
    );
  });

  it('is ended by rolling back the change that made it', async () => {
    const rollbackChange = jest.fn(async () => makeChange());
    const listChanges = jest.fn(async () => ({
      items: [makeChange(), evacuation],
    }));
    render({
      topology: makeEvacuatedTopology(),
      rollbackChange,
      listChanges,
    });
    await press('Return from the evacuation…');
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Reason/ }),
      'Water is gone',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Return' }),
    );
    await waitFor(() =>
      expect(rollbackChange).toHaveBeenCalledWith('change-7', 'Water is gone'),
    );
  });

  it('that nobody made here is not undone blindly', async () => {
    const rollbackChange = jest.fn(async () => makeChange());
    render({
      topology: makeEvacuatedTopology(),
      rollbackChange,
      listChanges: async () => ({ items: [makeChange()] }),
    });
    await press('Return from the evacuation…');
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Reason/ }),
      'Water is gone',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Return' }),
    );
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(
      /none of the last changes/,
    );
    expect(rollbackChange).not.toHaveBeenCalled();
  });
});

describe('shifting gradually', () => {
  it('shows any step, names what is wrong, and starts', async () => {
    const createShift = jest.fn(async (request: CreateShiftRequest) =>
      makeShift(request),
    );
    const preview = jest.fn<
      ReturnType<MeshDrApi['preview']>,
      Parameters<MeshDrApi['preview']>
    >(async request => ({
      ...makePreview(request),
      findings: [],
      applicable: true,
    }));
    render({ createShift, preview });
    await press('Shift gradually…');
    const dialog = await screen.findByRole('dialog');
    const steps = within(dialog).getByRole('textbox', { name: /Steps/ });
    await userEvent.clear(steps);
    await userEvent.type(steps, '30, 20');
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(
      'steps has 20 after 30',
    );
    await userEvent.clear(steps);
    await userEvent.type(steps, '20 100');
    await userEvent.click(within(dialog).getByRole('radio', { name: '100 %' }));
    await waitFor(() =>
      expect(preview.mock.lastCall?.[0].intent).toMatchObject({
        mode: 'evacuation',
        to: SHANGHAI,
      }),
    );
    await userEvent.click(within(dialog).getByRole('radio', { name: '20 %' }));
    await waitFor(() =>
      expect(preview.mock.lastCall?.[0].intent).toMatchObject({
        distribute: [
          { from: HANGZHOU, to: { [HANGZHOU]: 80, [SHANGHAI]: 20 } },
          { from: SHANGHAI, to: { [SHANGHAI]: 100 } },
        ],
      }),
    );
    const start = within(dialog).getByRole('button', {
      name: 'Start the shift',
    });
    expect(start).toBeDisabled();
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Reason/ }),
      'Maintenance',
    );
    await waitFor(() => expect(start).toBeEnabled());
    await userEvent.click(start);
    await waitFor(() =>
      expect(createShift).toHaveBeenCalledWith(
        expect.objectContaining({
          from: HANGZHOU,
          to: SHANGHAI,
          steps: [20, 100],
          holdSeconds: 300,
          abortOn: { minReadyPercent: 50 },
          reason: 'Maintenance',
        }),
      ),
    );
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
  });

  it.each([
    ['Pause…', 'Pause', 'pauseShift', 'running', 'paused', 'Under way'],
    ['Go on…', 'Go on', 'resumeShift', 'paused', 'running', 'Paused'],
  ] as const)(
    'has "%s" with a reason while that can be done',
    async (open, submit, method, before, after, look) => {
      let shift = makeShift({ status: before });
      const act = jest.fn(async () => {
        shift = makeShift({ status: after });
        return shift;
      });
      render({
        listShifts: async () => ({ items: [shift] }),
        [method]: act,
      });
      const section = await screen.findByRole('region', {
        name: 'Gradual shift',
      });
      expect(section).toHaveTextContent(look);
      expect(
        within(section).getByRole('button', { name: 'Abort and go back…' }),
      ).toBeEnabled();
      await userEvent.click(
        within(section).getByRole('button', { name: open }),
      );
      const dialog = await screen.findByRole('dialog');
      await userEvent.type(
        within(dialog).getByRole('textbox', { name: /Reason/ }),
        'A look at the logs',
      );
      await userEvent.click(
        within(dialog).getByRole('button', { name: submit }),
      );
      await waitFor(() =>
        expect(act).toHaveBeenCalledWith('shift-1', 'A look at the logs'),
      );
      await waitFor(() => expect(section).not.toHaveTextContent(look));
      expect(
        within(section).queryByRole('button', { name: open }),
      ).not.toBeInTheDocument();
    },
  );

  it('is followed while it runs, and aborted with a reason', async () => {
    const abortShift = jest.fn(async () => makeShift({ status: 'aborting' }));
    render({
      listShifts: async () => ({ items: [makeShift()] }),
      abortShift,
    });
    const section = await screen.findByRole('region', {
      name: 'Gradual shift',
    });
    expect(within(section).getByRole('progressbar')).toHaveAttribute(
      'aria-valuenow',
      '25',
    );
    expect(within(section).getByText('25 %').closest('li')).toHaveAttribute(
      'aria-current',
      'step',
    );
    await userEvent.click(
      within(section).getByRole('button', { name: 'Abort and go back…' }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Reason/ }),
      'Errors rise',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Abort' }),
    );
    await waitFor(() =>
      expect(abortShift).toHaveBeenCalledWith('shift-1', 'Errors rise'),
    );
  });

  it('that ended is shown for a while, without a way to abort it', async () => {
    render({
      listShifts: async () => ({
        items: [
          makeShift({
            status: 'aborted',
            percent: 0,
            finishedAt: new Date().toISOString(),
            detail: 'no endpoint is ready in cn-shanghai',
          }),
        ],
      }),
    });
    const section = await screen.findByRole('region', {
      name: 'Gradual shift',
    });
    expect(section).toHaveTextContent('Gone back');
    expect(section).toHaveTextContent('no endpoint is ready in cn-shanghai');
    expect(
      within(section).queryByRole('button', { name: /Abort/ }),
    ).not.toBeInTheDocument();
  });
});

describe('exporting a change', () => {
  it('shows files and commands, to copy', async () => {
    const user = userEvent.setup();
    const write = jest.spyOn(navigator.clipboard, 'writeText');
    render({ listChanges: async () => ({ items: [makeChange()] }) });
    await user.click(await screen.findByRole('button', { name: 'Export' }));
    const dialog = await screen.findByRole('dialog');
    const commands = await within(dialog).findByRole('group', {
      name: 'Commands',
    });
    await user.click(within(commands).getByRole('button', { name: 'Copy' }));
    expect(
      await within(commands).findByRole('button', { name: 'Copied' }),
    ).toBeInTheDocument();
    expect(write).toHaveBeenCalledWith(
      'kubectl --kubeconfig "$ASM_KUBECONFIG" apply -f destinationrules/default-reviews.yaml\n',
    );
  });
});
