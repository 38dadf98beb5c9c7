import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ConflictError } from '@backstage/errors';
import type {
  CreateChangeRequest,
  PreviewRequest,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { makeApi, makeChange, makePreview } from '../../__testUtils__/mockApi';
import { renderWithApi, reviews } from '../../__testUtils__/render';
import {
  HANGZHOU,
  makeDeadRegionTopology,
  makeTopology,
  mesh,
  SHANGHAI,
} from '../../__testUtils__/topology';
import { ServiceTab } from './ServiceTab';

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

describe('ServiceTab', () => {
  it('draws regions, versions and shares', async () => {
    renderWithApi(<ServiceTab />, makeApi());

    const hangzhou = await screen.findByRole('group', { name: HANGZHOU });
    expect(within(hangzhou).getByText('3/4 ready')).toBeInTheDocument();
    expect(within(hangzhou).getByText('v2')).toBeInTheDocument();
    expect(within(hangzhou).getByText('1/2 ready')).toBeInTheDocument();
    expect(
      within(hangzhou).getByText('90 % to cn-hangzhou, 10 % to cn-shanghai'),
    ).toBeInTheDocument();
    expect(
      screen.getByTestId('flow-sidecars:cn-hangzhou→cn-shanghai'),
    ).toBeInTheDocument();
    expect(
      screen.queryByTestId('flow-sidecars:cn-shanghai→cn-hangzhou'),
    ).not.toBeInTheDocument();
    expect(
      screen.getByText(/with 5 endpoints and maxEjectionPercent 10/),
    ).toBeInTheDocument();
  });

  it('says the same as a table', async () => {
    renderWithApi(<ServiceTab />, makeApi());
    await userEvent.click(await screen.findByRole('radio', { name: 'Table' }));

    const shares = screen.getByRole('table', {
      name: 'Predicted share of calls by caller',
    });
    const row = within(shares).getByRole('row', {
      name: /Sidecars · cn-hangzhou/,
    });
    expect(within(row).getByText('90 %')).toBeInTheDocument();
    expect(within(row).getByText('10 %')).toBeInTheDocument();
  });

  it('keeps a dead region in the picture with its age and the reason', async () => {
    renderWithApi(
      <ServiceTab />,
      makeApi({ topology: makeDeadRegionTopology() }),
    );
    const hangzhou = await screen.findByTestId(`region-${HANGZHOU}`);
    expect(hangzhou).toHaveAttribute('data-dark', 'true');
    expect(
      within(hangzhou).getAllByText('unreachable, last seen 3 min. ago')[0],
    ).toBeInTheDocument();
    expect(
      within(hangzhou).getByText('connect ETIMEDOUT 20.0.0.8:6443'),
    ).toBeInTheDocument();
    expect(within(hangzhou).getByText('ingressgateway')).toBeInTheDocument();
    expect(screen.getByTestId(`region-${SHANGHAI}`)).toHaveAttribute(
      'data-dark',
      'false',
    );
  });

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

  it('adds live batches up and compares them with the prediction', async () => {
    const api = makeApi();
    const verifyTraffic = jest.fn(api.verifyTraffic);
    renderWithApi(<ServiceTab />, { ...api, verifyTraffic });
    const precise = await screen.findByRole('button', {
      name: '±5 points: 139',
    });
    await userEvent.click(precise);
    await userEvent.click(
      screen.getByRole('button', { name: 'Send requests' }),
    );

    expect(await screen.findByText(/122 of 139/)).toBeInTheDocument();
    expect(screen.getAllByText('as predicted')).toHaveLength(2);
    expect(verifyTraffic.mock.calls.map(([r]) => r.requests)).toEqual([
      50, 50, 39,
    ]);
  });

  it('rolls a change back with a reason', async () => {
    const rollbackChange = jest.fn(async () =>
      makeChange({ rollbackOf: 'change-1' }),
    );
    renderWithApi(<ServiceTab />, makeApi({ rollbackChange }));
    await userEvent.click(
      await screen.findByRole('button', { name: 'Roll back' }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Reason/ }),
      'Latency doubled',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Roll back' }),
    );
    await waitFor(() =>
      expect(rollbackChange).toHaveBeenCalledWith(
        'change-1',
        'Latency doubled',
      ),
    );
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
  });

  it('teaches the annotation when it is missing', async () => {
    renderWithApi(<ServiceTab />, makeApi(), {
      entity: { ...reviews, metadata: { name: 'ratings' } },
    });
    expect(
      await screen.findByText(/mesh-dr.io\/host: ratings.default/),
    ).toBeInTheDocument();
  });

  it('shows the server’s message when the topology cannot be read', async () => {
    renderWithApi(
      <ServiceTab />,
      makeApi({
        getTopology: async () => {
          throw new Error('service default/reviews does not exist in mesh-dr');
        },
      }),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'service default/reviews does not exist in mesh-dr',
    );
  });

  it('speaks Chinese', async () => {
    renderWithApi(<ServiceTab />, makeApi(), { language: 'zh-CN' });
    expect(await screen.findByText('地域拓扑')).toBeInTheDocument();
    expect(
      screen.getByText(/Envoy 不会移除任何端点；如果失去 cn-hangzhou/),
    ).toBeInTheDocument();
    expect(screen.getByRole('radio', { name: '流量分布' })).toBeInTheDocument();
    expect(screen.queryByText(/Regional topology/)).not.toBeInTheDocument();
  });
});
