import type { Environment } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { makeApi } from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import { mesh } from '../../__testUtils__/topology';
import { EnvironmentsSection } from './EnvironmentsSection';

jest.setTimeout(60_000);

const environment: Environment = {
  name: 'dr-demo',
  account: 'production',
  owner: 'group:default/platform',
  regions: ['cn-hangzhou', 'cn-shanghai'],
  status: 'ready',
  parts: {
    mesh: {
      id: mesh.id,
      name: mesh.name,
      region: 'cn-hangzhou',
      version: mesh.version,
    },
    clusters: [],
    vpcs: [],
  },
  updatedAt: '2026-01-01T00:00:00.000Z',
  updatedBy: 'user:default/pavel',
  drift: {
    checkedAt: '2026-01-01T00:00:00.000Z',
    items: [
      {
        key: 'peer-attachment/cn-hangzhou/cn-shanghai',
        title: 'link cn-hangzhou – cn-shanghai (100 Mbit/s)',
        id: 'tr-attach-1',
        kind: 'changed',
        detail: 'bandwidth 10 → 100 Mbit/s',
        repair: 'provision',
      },
    ],
  },
};

describe('EnvironmentsSection', () => {
  it('says what differs and how to repair it, and links to the removal with the name filled in', async () => {
    renderWithApi(
      <EnvironmentsSection meshId={mesh.id} />,
      makeApi({ listEnvironments: async () => [environment] }),
    );
    const card = await screen.findByRole('article', { name: 'dr-demo' });
    expect(within(card).getByText(/1 difference/)).toBeInTheDocument();
    const row = within(card).getByRole('row', { name: /tr-attach-1/ });
    expect(within(row).getByText('changed')).toBeInTheDocument();
    expect(within(row).getByText('Run the template again')).toBeInTheDocument();
    const href = within(card)
      .getByRole('link', { name: 'Remove' })
      .getAttribute('href')!;
    const query = new URL(href, 'http://portal').searchParams;
    expect(JSON.parse(query.get('formData')!)).toEqual({
      environment: 'dr-demo',
      account: 'production',
    });
  });

  it('compares at the press of a button and shows what came of it', async () => {
    let items = environment.drift!.items;
    const checkDrift = jest.fn(async () => {
      items = [];
      return { checkedAt: new Date().toISOString(), items };
    });
    renderWithApi(
      <EnvironmentsSection meshId={mesh.id} />,
      makeApi({
        checkDrift,
        listEnvironments: async () => [
          { ...environment, drift: { ...environment.drift!, items } },
        ],
      }),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Compare now' }),
    );
    await waitFor(() =>
      expect(screen.getByText(/as its spec says/)).toBeInTheDocument(),
    );
    expect(checkDrift).toHaveBeenCalledWith('dr-demo');
    expect(screen.queryByRole('table')).not.toBeInTheDocument();
  });

  it('shows why a comparison failed', async () => {
    renderWithApi(
      <EnvironmentsSection meshId={mesh.id} />,
      makeApi({
        listEnvironments: async () => [environment],
        checkDrift: async () => {
          throw new Error('the cloud does not answer');
        },
      }),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Compare now' }),
    );
    expect(
      await screen.findByText('the cloud does not answer'),
    ).toBeInTheDocument();
  });

  it('is absent for a mesh that no template made', async () => {
    const listEnvironments = jest.fn(async () => [
      { ...environment, parts: { clusters: [], vpcs: [] } },
    ]);
    renderWithApi(
      <EnvironmentsSection meshId={mesh.id} />,
      makeApi({ listEnvironments }),
    );
    await waitFor(() => expect(listEnvironments).toHaveBeenCalled());
    await waitFor(() =>
      expect(screen.queryByText('Environment')).not.toBeInTheDocument(),
    );
  });
});
