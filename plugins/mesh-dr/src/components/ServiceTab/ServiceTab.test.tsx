import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { makeApi, makeChange } from '../../__testUtils__/mockApi';
import { renderWithApi, reviews } from '../../__testUtils__/render';
import {
  HANGZHOU,
  makeDeadRegionTopology,
  SHANGHAI,
} from '../../__testUtils__/topology';
import { ServiceTab } from './ServiceTab';

jest.setTimeout(60_000);

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

  it('says whether clients outside find another region', async () => {
    renderWithApi(<ServiceTab />, makeApi());
    const entry = await screen.findByRole('group', { name: 'Way in' });
    expect(entry).toHaveTextContent('Way in: not covered');
    expect(entry).toHaveTextContent(
      'Clients outside the mesh come in through cn-hangzhou alone',
    );
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
    expect(
      await screen.findByRole('radio', { name: '流量分布' }),
    ).toBeInTheDocument();
    expect(screen.queryByText(/Regional topology/)).not.toBeInTheDocument();
  });
});
