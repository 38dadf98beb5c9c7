import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  candidate,
  failingPreflight,
  makeApi,
  runningJoin,
} from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import { network } from '../../__testUtils__/network';
import { mesh } from '../../__testUtils__/topology';
import { MeshPage } from './MeshPage';

jest.setTimeout(60_000);

async function chooseCandidate() {
  await userEvent.click(
    await screen.findByRole('button', { name: 'Join a cluster' }),
  );
  const dialog = await screen.findByRole('dialog');
  await userEvent.click(
    await within(dialog).findByRole('radio', { name: 'ack-shanghai' }),
  );
  return dialog;
}

describe('MeshPage', () => {
  it('goes straight to the only mesh and shows its clusters with the cause of a failure', async () => {
    renderWithApi(<MeshPage />, makeApi());
    expect(
      await screen.findByRole('heading', { name: 'mesh-dr' }),
    ).toBeInTheDocument();
    const row = screen.getByRole('row', { name: /ack-shanghai/ });
    expect(within(row).getByText('failed')).toBeInTheDocument();
    expect(
      within(row).getByText(/connect to api server 21.0.0.8:6443 timed out/),
    ).toBeInTheDocument();
  });

  it('lists several meshes', async () => {
    renderWithApi(
      <MeshPage />,
      makeApi({
        listMeshes: async () => [mesh, { ...mesh, id: 'c2', name: 'other' }],
      }),
    );
    expect(await screen.findByRole('link', { name: 'other' })).toHaveAttribute(
      'href',
      expect.stringContaining('c2'),
    );
  });

  it('marks a link without bandwidth, and only such a link', async () => {
    const { unmount } = renderWithApi(<MeshPage />, makeApi());
    expect(
      await screen.findByText(
        'No bandwidth between cn-hangzhou and cn-shanghai',
      ),
    ).toBeInTheDocument();
    unmount();

    const [cen] = network.cens;
    renderWithApi(
      <MeshPage />,
      makeApi({
        getNetwork: async () => ({
          ...network,
          cens: [{ ...cen, links: [{ ...cen.links[0], bandwidthMbps: 100 }] }],
        }),
      }),
    );
    expect(await screen.findByText('100 Mbit/s')).toBeInTheDocument();
    expect(
      screen.queryByText('No bandwidth between cn-hangzhou and cn-shanghai'),
    ).not.toBeInTheDocument();
  });

  it('links services to their entities', async () => {
    renderWithApi(<MeshPage />, makeApi());
    expect(
      await screen.findByRole('link', { name: 'reviews' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/component/reviews/disaster-recovery',
    );
    const row = screen.getByRole('row', { name: /productpage/ });
    expect(within(row).getByText('Protected')).toBeInTheDocument();
    expect(within(row).getByText('no entity')).toBeInTheDocument();
  });

  it('changes the mesh-wide rule without outlier detection', async () => {
    const api = makeApi();
    const preview = jest.fn(api.preview);
    renderWithApi(<MeshPage />, { ...api, preview });
    await userEvent.click(
      await screen.findByRole('radio', { name: 'Failover' }),
    );
    await waitFor(() =>
      expect(preview.mock.lastCall?.[0]).toEqual({
        target: { scope: 'mesh', meshId: mesh.id },
        intent: {
          mode: 'failover',
          failover: [
            { from: 'cn-hangzhou', to: 'cn-shanghai' },
            { from: 'cn-shanghai', to: 'cn-hangzhou' },
          ],
        },
      }),
    );
  });
});

describe('JoinDialog', () => {
  it('shows the first failing check with its fix before joining', async () => {
    renderWithApi(<MeshPage />, makeApi());
    const dialog = await chooseCandidate();
    const first = await waitFor(() => {
      const item = within(dialog)
        .getAllByRole('listitem')
        .find(li => li.getAttribute('aria-current') === 'true');
      expect(item).toBeDefined();
      return item!;
    });
    expect(first).toHaveTextContent('Cross-region bandwidth');
    expect(first).toHaveTextContent('Set the bandwidth of tr-attach-peer');
    expect(
      within(dialog).getByRole('button', { name: 'Join anyway' }),
    ).toBeEnabled();
  });

  it('follows the join, shows the diagnosis and retries in place', async () => {
    const joinCluster = jest.fn(async () => runningJoin);
    renderWithApi(<MeshPage />, makeApi({ joinCluster }));
    const dialog = await chooseCandidate();
    await userEvent.click(
      await within(dialog).findByRole('button', { name: 'Join anyway' }),
    );

    const alert = await within(dialog).findByRole('alert');
    expect(alert).toHaveTextContent('ack-shanghai did not join (0:42)');
    expect(alert).toHaveTextContent(
      'the inter-region link cn-hangzhou – cn-shanghai has no bandwidth',
    );
    expect(alert).toHaveTextContent(
      'ASM says: connect to api server 21.0.0.8:6443 timed out',
    );
    expect(joinCluster).toHaveBeenCalledWith(mesh.id, candidate.id);

    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Try again' }),
    );
    await waitFor(() => expect(joinCluster).toHaveBeenCalledTimes(2));
  });

  it('offers Join once everything passes and tells when it is done', async () => {
    renderWithApi(
      <MeshPage />,
      makeApi({
        preflight: async () => ({
          ...failingPreflight,
          ready: true,
          firstFailure: undefined,
          checks: failingPreflight.checks.map(check => ({
            ...check,
            status: 'passed' as const,
            fix: undefined,
          })),
        }),
        getOperation: async () => ({
          ...runningJoin,
          status: 'succeeded',
          finishedAt: new Date(
            Date.parse(runningJoin.startedAt) + 30_000,
          ).toISOString(),
        }),
      }),
    );
    const dialog = await chooseCandidate();
    await userEvent.click(
      await within(dialog).findByRole('button', { name: 'Join' }),
    );
    expect(
      await within(dialog).findByText('ack-shanghai has joined (0:30)'),
    ).toBeInTheDocument();
  });
});
