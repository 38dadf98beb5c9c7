import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ConflictError } from '@backstage/errors';
import type {
  CreateChangeRequest,
  PreviewRequest,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { makeApi, makeChange, makePreview } from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import {
  HANGZHOU,
  makeTopology,
  mesh,
  SHANGHAI,
} from '../../__testUtils__/topology';
import { ServiceTab } from '../ServiceTab/ServiceTab';

jest.setTimeout(60_000);

const previews = () =>
  jest.fn(async (request: PreviewRequest) => makePreview(request));

async function editToApplicable() {
  await userEvent.click(
    (
      await screen.findAllByRole('button', {
        name: 'Set maxEjectionPercent to 100',
      })
    )[0],
  );
  await screen.findByText('can be applied');
}

describe('LocalityControl on a service tab', () => {
  it('moves the other slider so that a row sums to 100, and asks for a prediction', async () => {
    const preview = previews();
    renderWithApi(<ServiceTab />, makeApi({ preview }));
    await userEvent.click(
      await screen.findByRole('radio', { name: 'Distribution' }),
    );
    const row = screen.getByRole('group', { name: 'Calls from cn-hangzhou' });
    const field = within(row).getByRole('textbox', {
      name: 'Percent from cn-hangzhou to cn-shanghai',
    });
    await userEvent.clear(field);
    await userEvent.type(field, '35');
    await userEvent.tab();

    expect(within(row).getByText('sum 100 %')).toBeInTheDocument();
    expect(
      within(row).getByRole('textbox', {
        name: 'Percent from cn-hangzhou to cn-hangzhou',
      }),
    ).toHaveValue('65');
    expect(
      within(row).getByRole('slider', {
        name: 'Share of calls from cn-hangzhou to cn-hangzhou',
      }),
    ).toHaveValue('65');
    await waitFor(() =>
      expect(preview.mock.lastCall?.[0].intent).toMatchObject({
        mode: 'distribution',
        distribute: [
          { from: HANGZHOU, to: { [HANGZHOU]: 65, [SHANGHAI]: 35 } },
          { from: SHANGHAI, to: { [HANGZHOU]: 10, [SHANGHAI]: 90 } },
        ],
      }),
    );
  });

  it('shows why a rule is refused; the fix button changes the rule', async () => {
    const preview = previews();
    renderWithApi(<ServiceTab />, makeApi({ preview }));
    await userEvent.click(
      await screen.findByRole('button', { name: 'Add a rule' }),
    );
    expect(await screen.findByText('cannot be applied')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Apply…' })).toBeDisabled();

    const findings = screen.getByRole('list', { name: 'Findings' });
    await userEvent.click(
      within(findings).getByRole('button', {
        name: 'Set maxEjectionPercent to 100',
      }),
    );

    expect(await screen.findByText('can be applied')).toBeInTheDocument();
    expect(
      screen.getByText(
        'If the pods in cn-hangzhou fail: of the calls from cn-hangzhou, 50 % fail for 1.5 s, then 0 % (by the rule of now 50 %)',
      ),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('textbox', { name: /Max ejection percent/ }),
    ).toHaveValue('100');
    expect(preview.mock.lastCall?.[0].intent).toMatchObject({
      failover: [
        { from: HANGZHOU, to: SHANGHAI },
        { from: SHANGHAI, to: HANGZHOU },
      ],
      outlierDetection: { maxEjectionPercent: 100 },
    });
  });

  it('applies with the reason and the hash that was looked at', async () => {
    const createChange = jest.fn(async (request: CreateChangeRequest) =>
      makeChange({ reason: request.reason }),
    );
    renderWithApi(<ServiceTab />, makeApi({ createChange }));
    await editToApplicable();
    await userEvent.click(screen.getByRole('button', { name: 'Apply…' }));

    const dialog = await screen.findByRole('dialog');
    expect(
      within(dialog).getByRole('button', { name: 'Apply' }),
    ).toBeDisabled();
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Reason/ }),
      ' Game day 12 ',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Apply' }),
    );

    expect(
      await within(dialog).findByText('Applied and read back'),
    ).toBeInTheDocument();
    const request = createChange.mock.calls[0][0];
    expect(request).toMatchObject({
      target: {
        scope: 'service',
        meshId: mesh.id,
        namespace: 'default',
        name: 'reviews',
      },
      reason: 'Game day 12',
    });
    expect(request.previewHash).toBe(makePreview(request).hash);
  });

  it('keeps the outcome in view when the topology already shows the new rule', async () => {
    let topology = makeTopology();
    renderWithApi(
      <ServiceTab />,
      makeApi({
        getTopology: async () => topology,
        createChange: async request => {
          const { intent } = request;
          topology = makeTopology({
            rule: {
              ...topology.rule,
              outlierDetection: {
                settings:
                  intent.mode === 'off' ? {} : intent.outlierDetection ?? {},
                object: 'DestinationRule default/reviews',
              },
            },
            findings: [],
          });
          return makeChange({ intent, target: request.target });
        },
      }),
    );
    await editToApplicable();
    await userEvent.click(screen.getByRole('button', { name: 'Apply…' }));
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Reason/ }),
      'Drill',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Apply' }),
    );

    expect(
      await screen.findByText(/maxEjectionPercent: 100/, {
        selector: 'dd span',
        ignore: false,
      }),
    ).toBeInTheDocument();
    expect(
      within(dialog).getByText('Applied and read back'),
    ).toBeInTheDocument();
    await userEvent.click(
      within(dialog).getAllByRole('button', { name: 'Close' })[0],
    );
    expect(await screen.findByText('Nothing edited')).toBeInTheDocument();
  });

  it('says that an evacuation is in force, and what editing would do to it', async () => {
    const topology = makeTopology();
    const { rule } = topology;
    renderWithApi(
      <ServiceTab />,
      makeApi({
        topology: {
          ...topology,
          rule: {
            ...rule,
            locality: {
              source: 'destination-rule',
              object: 'DestinationRule default/reviews',
              setting: {
                enabled: true,
                failoverPriority: [`topology.kubernetes.io/region=${SHANGHAI}`],
              },
            },
          },
        },
      }),
    );
    expect(
      await screen.findByText(
        `An evacuation is in force: every caller prefers ${SHANGHAI}`,
      ),
    ).toBeInTheDocument();
    // The editor cannot show it, so nothing claims that it does.
    expect(screen.queryByText('Nothing edited')).not.toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Reset' })).toBeDisabled();
  });

  it('links to the history when a change waits for approval', async () => {
    renderWithApi(
      <ServiceTab />,
      makeApi({
        createChange: async () =>
          makeChange({ id: 'change-2', status: 'pending-approval' }),
      }),
    );
    await editToApplicable();
    await userEvent.click(screen.getByRole('button', { name: 'Apply…' }));
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Reason/ }),
      'Drill',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Apply' }),
    );
    expect(
      await within(dialog).findByRole('link', {
        name: 'See it in the history',
      }),
    ).toHaveAttribute('href', '#change-change-2');
  });

  it('keeps the reason when the server refuses, and shows its whole message', async () => {
    const message =
      'The rule of default/reviews changed since the preview: resourceVersion 7 is now 9. Preview again.';
    const refusal = Object.assign(new ConflictError(message), {
      statusCode: 409,
    });
    renderWithApi(
      <ServiceTab />,
      makeApi({
        createChange: async () => {
          throw refusal;
        },
      }),
    );
    await editToApplicable();
    await userEvent.click(screen.getByRole('button', { name: 'Apply…' }));
    const dialog = await screen.findByRole('dialog');
    const reason = within(dialog).getByRole('textbox', { name: /Reason/ });
    await userEvent.type(reason, 'Incident 4711');
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Apply' }),
    );

    expect(await within(dialog).findByText(message)).toBeInTheDocument();
    expect(reason).toHaveValue('Incident 4711');
    expect(
      within(dialog).getByRole('button', { name: 'Predict again' }),
    ).toBeInTheDocument();
  });

  it('disables distribution below the version gate and names the version needed', async () => {
    const topology = makeTopology();
    renderWithApi(
      <ServiceTab />,
      makeApi({
        topology: {
          ...topology,
          mesh: {
            ...topology.mesh,
            version: 'v1.20.6.35',
            gates: { distribution: { allowed: false, requires: '1.22.6.66' } },
          },
        },
      }),
    );
    expect(
      await screen.findByRole('radio', { name: 'Distribution' }),
    ).toBeDisabled();
    expect(
      screen.getByText('Distribution needs ASM 1.22.6.66'),
    ).toBeInTheDocument();
  });
});
