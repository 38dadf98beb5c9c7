import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { makeApi } from '../../../__testUtils__/mockApi';
import { renderWithApi } from '../../../__testUtils__/render';
import { EnvironmentPlanField } from './EnvironmentPlanField';

jest.setTimeout(60_000);

const formData = {
  name: 'dr-demo',
  network: GUIDE_PLAN,
  bandwidthMbps: 100,
  instanceType: 'ecs.g7.xlarge',
  nodes: 2,
  edition: 'Pro',
  apiServerAccess: 'public',
};

const preview = {
  resources: [
    {
      key: 'vpc/vpc-hangzhou',
      kind: 'vpc',
      title: 'VPC vpc-hangzhou (20.0.0.0/8) in cn-hangzhou',
      action: 'keep' as const,
      id: 'vpc-bp1',
      expectedMs: 0,
    },
    {
      key: 'cluster/ack-hangzhou',
      kind: 'cluster',
      title: 'ACK cluster ack-hangzhou in cn-hangzhou',
      action: 'create' as const,
      expectedMs: 300_000,
    },
  ],
  criticalPath: ['cluster/ack-hangzhou'],
  expectedMs: 300_000,
  billed: [
    {
      id: 'worker-node' as const,
      quantity: 4,
      pricing: 'hour' as const,
      detail: 'ecs.g7.xlarge',
    },
  ],
};

const field = (
  <EnvironmentPlanField {...({ formContext: { formData } } as any)} />
);

describe('EnvironmentPlanField', () => {
  it('shows what would be made, how long it takes and what is billed', async () => {
    const previewEnvironment = jest.fn(async () => preview);
    renderWithApi(field, makeApi({ previewEnvironment }));
    expect(await screen.findByText('create: 1')).toBeInTheDocument();
    expect(screen.getByText('about 5:00 minutes')).toBeInTheDocument();
    expect(
      screen.getByText(/Decided by ACK cluster ack-hangzhou/),
    ).toBeInTheDocument();
    const row = screen.getByRole('row', { name: /Worker nodes/ });
    expect(within(row).getByText('4')).toBeInTheDocument();
    expect(previewEnvironment).toHaveBeenCalledWith(
      expect.objectContaining({
        name: 'dr-demo',
        network: GUIDE_PLAN,
        clusters: expect.objectContaining({ instanceTypes: ['ecs.g7.xlarge'] }),
      }),
      expect.anything(),
    );
    await userEvent.click(screen.getByText('Every resource'));
    expect(screen.getByText('vpc-bp1')).toBeVisible();
  });

  it('says why there is no plan', async () => {
    renderWithApi(
      field,
      makeApi({
        previewEnvironment: async () => {
          throw new Error(
            'network.vpcs[0].region = cn-atlantis: no such region',
          );
        },
      }),
    );
    expect(await screen.findByText(/cn-atlantis/)).toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: 'Try again' }),
    ).toBeInTheDocument();
  });

  it('speaks Chinese', async () => {
    renderWithApi(field, makeApi({ previewEnvironment: async () => preview }), {
      language: 'zh-CN',
    });
    expect(await screen.findByText('新建: 1')).toBeInTheDocument();
    expect(screen.getByText('工作节点')).toBeInTheDocument();
    expect(
      screen.getByText('取决于 ACK 集群 ack-hangzhou'),
    ).toBeInTheDocument();
  });
});
