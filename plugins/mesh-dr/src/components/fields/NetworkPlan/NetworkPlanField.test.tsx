import {
  GUIDE_PLAN,
  type NetworkPlan,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { makeApi } from '../../../__testUtils__/mockApi';
import { renderWithApi } from '../../../__testUtils__/render';
import { NetworkPlanField, validateNetworkPlan } from './NetworkPlanField';

jest.setTimeout(60_000);

/** The field in a form that keeps its value. */
function Form(props: {
  initial?: NetworkPlan;
  onPlan: (p: NetworkPlan) => void;
}) {
  const [plan, setPlan] = useState(props.initial);
  return (
    <NetworkPlanField
      {...({
        formData: plan,
        formContext: { formData: {} },
        onChange: (next: NetworkPlan) => {
          setPlan(next);
          props.onPlan(next);
        },
      } as any)}
    />
  );
}

function render(
  options: {
    initial?: NetworkPlan;
    language?: string;
    api?: Parameters<typeof makeApi>[0];
  } = {},
) {
  let last: NetworkPlan | undefined = options.initial;
  renderWithApi(
    <Form
      initial={options.initial}
      onPlan={next => {
        last = next;
      }}
    />,
    makeApi(options.api),
    { language: options.language },
  );
  return () => last!;
}

describe('NetworkPlanField', () => {
  it("begins with the guide's plan, which works with a word about its public ranges", async () => {
    const plan = render();
    expect(await screen.findByLabelText('CIDR of vpc-hangzhou')).toHaveValue(
      '20.0.0.0/8',
    );
    expect(plan()).toEqual(GUIDE_PLAN);
    expect(screen.getAllByText(/public address space/)).toHaveLength(2);
    expect(
      screen.getByRole('img', { name: /network plan as a picture/ }),
    ).toBeInTheDocument();
  });

  it('marks both sides of a clash as it is typed, leads to the field and makes it go', async () => {
    const plan = render({ initial: GUIDE_PLAN });
    const pods = await screen.findByLabelText('Pod CIDR of ack-shanghai');
    await userEvent.clear(pods);
    await userEvent.type(pods, '10.0.128.0/17');
    expect(pods).toHaveAttribute('aria-invalid', 'true');
    expect(screen.getByLabelText('Pod CIDR of ack-hangzhou')).toHaveAttribute(
      'data-mark',
      'error',
    );
    const finding = screen.getByText(
      /overlaps Pod CIDR of cluster ack-hangzhou/,
    );
    await userEvent.click(within(finding).getByRole('button'));
    expect(pods).toHaveFocus();

    await userEvent.click(
      screen.getByRole('button', { name: 'Suggest free ranges' }),
    );
    expect(pods).not.toHaveAttribute('aria-invalid');
    expect(plan().clusters[1].podCidr).not.toBe('10.0.128.0/17');
    expect(plan().clusters[0]).toEqual(GUIDE_PLAN.clusters[0]);
  });

  it('adds a region with free ranges', async () => {
    const plan = render({ initial: GUIDE_PLAN });
    await userEvent.selectOptions(
      await screen.findByLabelText('One more region'),
      'cn-beijing',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Add region' }));
    expect(plan().clusters.map(({ region }) => region)).toEqual([
      'cn-hangzhou',
      'cn-shanghai',
      'cn-beijing',
    ]);
    expect(screen.getByLabelText('CIDR of vpc-beijing')).not.toHaveAttribute(
      'aria-invalid',
    );
  });

  it('takes over a VPC that exists, with its vSwitches', async () => {
    const listVpcs = jest.fn(async ({ region }: { region: string }) =>
      region === 'cn-hangzhou'
        ? [
            {
              id: 'vpc-bp1old',
              name: 'old',
              region,
              cidr: '10.200.0.0/16',
              vswitches: [
                {
                  id: 'vsw-bp1old',
                  name: 'old-1',
                  cidr: '10.200.0.0/20',
                  zone: 'cn-hangzhou-h',
                },
              ],
            },
          ]
        : [],
    );
    const plan = render({ initial: GUIDE_PLAN, api: { listVpcs } });
    const field = await screen.findByLabelText('Existing VPC for vpc-hangzhou');
    await waitFor(() => expect(listVpcs).toHaveBeenCalledTimes(2));
    await userEvent.click(field);
    await userEvent.paste('vpc-bp1old');
    await waitFor(() =>
      expect(plan().vpcs[0]).toMatchObject({
        vpcId: 'vpc-bp1old',
        cidr: '10.200.0.0/16',
        vswitches: [{ vSwitchId: 'vsw-bp1old', name: 'old-1' }],
      }),
    );
    expect(screen.getByLabelText('CIDR of vpc-hangzhou')).toBeDisabled();
  });

  it('speaks Chinese, with the values in its sentences', async () => {
    const initial = structuredClone(GUIDE_PLAN);
    initial.vpcs[1].cidr = '100.64.0.0/16';
    render({ initial, language: 'zh-CN' });
    expect(
      await screen.findByText(
        /100\.64\.0\.0\/16 涉及保留网段 100\.64\.0\.0\/10/,
      ),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: '推荐空闲网段' }),
    ).toBeInTheDocument();
  });

  it('does not let a form go on with a plan that cannot work', () => {
    const addError = jest.fn();
    const broken = structuredClone(GUIDE_PLAN);
    broken.clusters[1].podCidr = broken.clusters[0].podCidr;
    validateNetworkPlan(broken, { addError } as any, {} as any);
    expect(addError).toHaveBeenCalledWith(
      expect.stringMatching(/^clusters\[1\]\.podCidr: .*overlaps/),
    );
    addError.mockClear();
    validateNetworkPlan(GUIDE_PLAN, { addError } as any, {} as any);
    expect(addError).not.toHaveBeenCalled();
  });
});
