import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { makeApi } from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import { ServiceTab } from '../ServiceTab/ServiceTab';

jest.setTimeout(60_000);

it('speaks one language: sentences, evidence and steps', async () => {
  renderWithApi(<ServiceTab />, makeApi(), { language: 'zh-CN' });
  await userEvent.click(
    await screen.findByRole('button', { name: '添加规则' }),
  );
  const findings = await screen.findByRole('list', { name: '检查结果' });
  expect(
    within(findings).getByText(
      '5 个就绪端点中有 3 个在 cn-hangzhou；上限 10 %，最多可移除 0 个',
    ),
  ).toBeInTheDocument();
  const steps = within(screen.getByRole('list', { name: '步骤' }));
  expect(steps.getAllByRole('listitem').map(li => li.textContent)).toEqual([
    '将字段应用到 DestinationRule default/reviews（服务端应用，字段管理者 mesh-dr）',
    '读回各字段',
  ]);
});
