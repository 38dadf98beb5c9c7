import { screen, within } from '@testing-library/react';
import {
  candidate,
  failingPreflight,
  makeApi,
  makePreview,
} from '../../../__testUtils__/mockApi';
import { renderWithApi } from '../../../__testUtils__/render';
import { makeTopology, mesh } from '../../../__testUtils__/topology';
import { JoinPlanField } from './JoinPlan';
import { RemovalPlanField } from './RemovalPlan';
import { RolloutPlanField } from './RolloutPlan';
import { RulePlanField } from './RulePlan';

jest.setTimeout(60_000);

const propsOf = (formData: object, of?: string) =>
  ({
    formContext: { formData },
    uiSchema: { 'ui:options': { of } },
  } as any);

describe('RemovalPlanField', () => {
  const steps = [
    {
      key: 'cluster/ack-hangzhou',
      kind: 'cluster',
      id: 'c1',
      title: 'ACK cluster ack-hangzhou in cn-hangzhou',
    },
    {
      key: 'cen',
      kind: 'cen',
      id: 'cen-1',
      title: 'CEN instance dr-demo',
      blocked: 'others have attached to it: VPC vpc-9',
    },
  ];

  it('shows what goes and what stays, with the reason', async () => {
    const planRemoval = jest.fn(async () => ({ steps, warnings: [] }));
    const form = { environment: 'dr-demo', confirm: 'dr-demo' };
    renderWithApi(
      <RemovalPlanField {...propsOf(form)} />,
      makeApi({ planRemoval }),
    );
    expect(await screen.findByText('removed: 1')).toBeInTheDocument();
    expect(screen.getByText('stays: 1')).toBeInTheDocument();
    const row = screen.getByRole('row', { name: /CEN instance dr-demo/ });
    expect(within(row).getByText(/others have attached/)).toBeInTheDocument();
    expect(planRemoval).toHaveBeenCalledWith(
      { name: 'dr-demo', account: undefined },
      expect.anything(),
    );
  });

  it('says that there is nothing, and what could not be searched', async () => {
    const warnings = ['Region cn-shanghai could not be searched: timed out'];
    renderWithApi(
      <RemovalPlanField {...propsOf({ environment: 'gone' })} />,
      makeApi({ planRemoval: async () => ({ steps: [], warnings }) }),
    );
    expect(
      await screen.findByText('Nothing in the cloud carries the tag of gone.'),
    ).toBeInTheDocument();
    expect(screen.getByText(/cn-shanghai could not be/)).toBeInTheDocument();
  });

  it('speaks Chinese', async () => {
    renderWithApi(
      <RemovalPlanField {...propsOf({ environment: 'dr-demo' })} />,
      makeApi({ planRemoval: async () => ({ steps, warnings: [] }) }),
      { language: 'zh-CN' },
    );
    expect(await screen.findByText('删除: 1')).toBeInTheDocument();
    expect(screen.getByText('ACK 集群 ack-hangzhou')).toBeInTheDocument();
  });
});

describe('JoinPlanField', () => {
  it('shows the preflight of each cluster, and which are members already', async () => {
    const member = mesh.clusters[0].id;
    const preflight = jest.fn(async () => failingPreflight);
    const clusters = [{ id: candidate.id }, { id: member }];
    renderWithApi(
      <JoinPlanField {...propsOf({ mesh: 'mesh', clusters })} />,
      makeApi({ getMesh: async () => mesh, preflight }),
    );
    const group = await screen.findByRole('group', { name: candidate.id });
    expect(within(group).getByText('joining would fail')).toBeInTheDocument();
    expect(within(group).getByText(/has 0 Mbit\/s/)).toBeInTheDocument();
    expect(
      within(screen.getByRole('group', { name: member })).getByText(
        'is a member already',
      ),
    ).toBeInTheDocument();
    expect(preflight).toHaveBeenCalledTimes(1);
  });
});

describe('RolloutPlanField', () => {
  const api = () => makeApi({ getMesh: async () => mesh });

  it('counts the load balancers that gateways bring', async () => {
    renderWithApi(
      <RolloutPlanField
        {...propsOf({ mesh: 'mesh', name: 'ingress', replicas: 3 }, 'gateway')}
      />,
      api(),
    );
    const row = await screen.findByRole('row', {
      name: new RegExp(mesh.clusters[0].name),
    });
    expect(within(row).getByText('ingress')).toBeInTheDocument();
    expect(within(row).getByText('3')).toBeInTheDocument();
    const billed = screen.getByRole('row', { name: /gateway/i });
    expect(
      within(billed).getByText(String(mesh.clusters.length)),
    ).toBeInTheDocument();
  });

  it("shows the versions of Bookinfo's reviews by region", async () => {
    const form = {
      mesh: 'mesh',
      layout: 'split',
      firstRegion: mesh.clusters[0].region,
      secondRegion: 'cn-elsewhere',
      takeAway: true,
    };
    renderWithApi(<RolloutPlanField {...propsOf(form, 'bookinfo')} />, api());
    const row = await screen.findByRole('row', {
      name: new RegExp(mesh.clusters[0].name),
    });
    expect(within(row).getByText('reviews-v1')).toBeInTheDocument();
    expect(within(row).getByText('0')).toBeInTheDocument();
    expect(screen.queryByText('reviews-v2')).not.toBeInTheDocument();
    expect(screen.getByText(/Nothing more is billed/)).toBeInTheDocument();
  });
});

describe('RulePlanField', () => {
  it('shows what the rule would do', async () => {
    const preview = jest.fn(async request => makePreview(request));
    const form = {
      component: 'component:default/reviews',
      mode: 'failover',
      failover: [{ from: 'cn-hangzhou', to: 'cn-shanghai' }],
    };
    renderWithApi(
      <RulePlanField {...propsOf(form)} />,
      makeApi({
        listMeshes: async () => [mesh],
        getTopology: async () => makeTopology(),
        preview,
      }),
    );
    expect(
      await screen.findByRole('group', { name: 'default/reviews' }),
    ).toBeInTheDocument();
    expect(preview).toHaveBeenCalledWith(
      expect.objectContaining({
        intent: { mode: 'failover', failover: form.failover },
      }),
      expect.anything(),
    );
  });

  it('says what is wrong with a component that is not there', async () => {
    renderWithApi(
      <RulePlanField
        {...propsOf({ component: 'component:default/nobody', mode: 'off' })}
      />,
      makeApi({}),
    );
    expect(
      await screen.findByText(/There is no component:default\/nobody/),
    ).toBeInTheDocument();
  });
});
