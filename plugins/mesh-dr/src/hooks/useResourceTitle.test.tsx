import { screen } from '@testing-library/react';
import { makeApi } from '../__testUtils__/mockApi';
import { renderWithApi } from '../__testUtils__/render';
import { useResourceTitle } from './useResourceTitle';

jest.setTimeout(60_000);

/** Every form of key that an environment's graph has, with what a Chinese reader sees. */
const TITLES: [key: string, chinese: string][] = [
  ['vpc/vpc-hangzhou', 'VPC vpc-hangzhou'],
  ['vswitch/vpc-hangzhou/vsw-1', 'VPC vpc-hangzhou 的交换机 vsw-1'],
  ['cen', '云企业网实例'],
  ['transit-router/cn-hangzhou', 'cn-hangzhou 的转发路由器'],
  ['vpc-attachment/vpc-hangzhou', 'VPC vpc-hangzhou 与转发路由器的连接'],
  [
    'peer-attachment/cn-hangzhou/cn-shanghai',
    'cn-hangzhou 与 cn-shanghai 之间的连接',
  ],
  [
    'route-link/vpc-attachment/vpc-hangzhou/cn-hangzhou',
    'VPC vpc-hangzhou 与转发路由器的连接在 cn-hangzhou 的路由',
  ],
  [
    'route-link/peer-attachment/cn-hangzhou/cn-shanghai/cn-shanghai',
    'cn-hangzhou 与 cn-shanghai 之间的连接在 cn-shanghai 的路由',
  ],
  ['cluster/ack-hangzhou', 'ACK 集群 ack-hangzhou'],
  ['pod-routes/ack-hangzhou', '云企业网上 ack-hangzhou 的 Pod 路由'],
  ['security-group/ack-hangzhou', 'ack-hangzhou 的安全组规则'],
  ['mesh', 'ASM 网格'],
];

function Titles() {
  const titleOf = useResourceTitle();
  return (
    <ul>
      {[...TITLES.map(([key]) => key), 'novelty/x'].map(key => (
        <li key={key}>{titleOf(key, `the ${key}`)}</li>
      ))}
    </ul>
  );
}

const said = async () =>
  (await screen.findAllByRole('listitem')).map(item => item.textContent);

it('says every kind of resource in Chinese, and keeps the title of one that is new', async () => {
  renderWithApi(<Titles />, makeApi(), { language: 'zh-CN' });
  expect(await said()).toEqual([
    ...TITLES.map(([, chinese]) => chinese),
    'the novelty/x',
  ]);
});

it('shows the titles that came with the plan in English', async () => {
  renderWithApi(<Titles />, makeApi());
  expect(await said()).toEqual([
    ...TITLES.map(([key]) => `the ${key}`),
    'the novelty/x',
  ]);
});
