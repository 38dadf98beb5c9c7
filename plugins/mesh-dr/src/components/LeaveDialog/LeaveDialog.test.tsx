import type {
  LeavePreview,
  Operation,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { makeApi, runningJoin } from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import { mesh } from '../../__testUtils__/topology';
import { MeshPage } from '../MeshPage/MeshPage';

jest.setTimeout(60_000);

const cluster = mesh.clusters.find(({ name }) => name === 'ack-shanghai')!;
const preview: LeavePreview = {
  cluster: { id: cluster.id, name: cluster.name, region: cluster.region },
  services: [
    {
      namespace: 'default',
      name: 'ratings',
      regions: ['cn-shanghai'],
      remaining: [],
    },
    {
      namespace: 'default',
      name: 'reviews',
      regions: ['cn-hangzhou', 'cn-shanghai'],
      remaining: ['cn-hangzhou'],
    },
  ],
  total: 5,
  outdated: ['ack-hangzhou'],
};
const running: Operation = {
  ...runningJoin,
  kind: 'leave',
  clusterId: cluster.id,
  progress: [],
};

async function open(options: Parameters<typeof makeApi>[0], language = 'en') {
  const leaveMesh = jest.fn(async () => running);
  const api = makeApi({
    previewLeave: async () => preview,
    leaveMesh,
    ...options,
  });
  const getMesh = jest.fn(api.getMesh);
  renderWithApi(<MeshPage />, { ...api, getMesh }, { language });
  await userEvent.click(
    await screen.findByRole('button', {
      name:
        language === 'en'
          ? 'Take out ack-shanghai'
          : '将 ack-shanghai 移出网格',
    }),
  );
  const dialog = within(await screen.findByRole('dialog'));
  return { dialog, leaveMesh, getMesh };
}

describe('LeaveDialog', () => {
  it('lists the services that would be worse off, and does nothing by itself', async () => {
    const { dialog, leaveMesh } = await open({});
    const list = within(
      await dialog.findByRole('list', { name: /last other region/ }),
    );
    expect(list.getAllByRole('listitem').map(item => item.textContent)).toEqual(
      [
        'ratings.default: nothing is left: every call fails',
        'reviews.default: only cn-hangzhou is left',
        'and 3 more',
      ],
    );
    expect(
      dialog.getByText('5 services would not survive the loss of a region'),
    ).toBeInTheDocument();
    expect(dialog.getByText(/Of ack-hangzhou only older facts/)).toBeVisible();
    await userEvent.click(dialog.getByRole('button', { name: 'Cancel' }));
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    expect(leaveMesh).not.toHaveBeenCalled();
  });

  it('takes the cluster out, follows, and shows the mesh as it is then', async () => {
    const { dialog, leaveMesh, getMesh } = await open({
      previewLeave: async () => ({ ...preview, services: [], total: 0 }),
      getOperation: async () => ({
        ...running,
        status: 'succeeded',
        finishedAt: new Date(
          Date.parse(running.startedAt) + 20_000,
        ).toISOString(),
      }),
    });
    expect(
      await dialog.findByText('No service loses its last other region'),
    ).toBeInTheDocument();
    const before = getMesh.mock.calls.length;
    await userEvent.click(dialog.getByRole('button', { name: 'Take out' }));
    expect(
      await dialog.findByText('ack-shanghai has left (0:20)'),
    ).toBeInTheDocument();
    expect(leaveMesh).toHaveBeenCalledWith(mesh.id, cluster.id);
    await waitFor(() =>
      expect(getMesh.mock.calls.length).toBeGreaterThan(before),
    );
  });

  it('says why it failed and tries again in place', async () => {
    const { dialog, leaveMesh } = await open({
      getOperation: async () => ({
        ...running,
        status: 'failed',
        finishedAt: running.startedAt,
        progress: [
          { at: running.startedAt, message: 'failed: the mesh is busy' },
        ],
      }),
    });
    await dialog.findByRole('alert');
    await userEvent.click(dialog.getByRole('button', { name: 'Take out' }));
    expect(await dialog.findByText(/did not leave/)).toBeInTheDocument();
    expect(dialog.getByText('failed: the mesh is busy')).toBeInTheDocument();
    await userEvent.click(
      await dialog.findByRole('button', { name: 'Try again' }),
    );
    await waitFor(() => expect(leaveMesh).toHaveBeenCalledTimes(2));
  });

  it('does not go on without knowing what leaving means', async () => {
    const { dialog } = await open({
      previewLeave: async () => {
        throw new Error('the mesh is unknown');
      },
    });
    expect(await dialog.findByText(/the mesh is unknown/)).toBeInTheDocument();
    expect(dialog.getByRole('button', { name: 'Take out' })).toBeDisabled();
  });

  it('speaks Chinese', async () => {
    const { dialog } = await open({}, 'zh-CN');
    expect(
      await dialog.findByText('5 个服务将无法承受失去一个地域'),
    ).toBeInTheDocument();
  });
});
