import type { NetworkMap } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { screen } from '@testing-library/react';
import { makeApi } from '../../__testUtils__/mockApi';
import { network } from '../../__testUtils__/network';
import { renderWithApi } from '../../__testUtils__/render';
import { NetworkMapView } from './NetworkMapView';

jest.setTimeout(60_000);

const [HANGZHOU, SHANGHAI] = network.regions;
const minutesAgo = (minutes: number) =>
  new Date(Date.now() - minutes * 60_000).toISOString();

const show = (map: Partial<NetworkMap>, language?: string) =>
  renderWithApi(
    <NetworkMapView network={{ ...network, ...map }} />,
    makeApi(),
    {
      language,
    },
  );

/** Shanghai never answered: CEN knows of its VPC, and nothing else does. */
const silent: Partial<NetworkMap> = {
  regions: [
    HANGZHOU,
    {
      region: SHANGHAI.region,
      freshness: {
        state: 'unreachable',
        since: minutesAgo(3),
        reason: 'no answer within 4 s; the reading goes on',
      },
    },
  ],
  vpcs: [
    ...network.vpcs.filter(({ region }) => region === HANGZHOU.region),
    {
      id: 'vpc-uf6shanghai1',
      name: '',
      region: SHANGHAI.region,
      vswitches: [],
    },
  ],
};

it('says nothing about regions that answer', async () => {
  show({});
  expect(await screen.findByText('vpc-shanghai')).toBeInTheDocument();
  expect(screen.queryByText(/does not answer|as last read/)).toBeNull();
});

it('draws what is known while a region is silent, and says since when and why', async () => {
  show(silent);
  expect(
    await screen.findByText('cn-shanghai does not answer'),
  ).toBeInTheDocument();
  expect(
    screen.getByText(/^Unanswered for the first time 3 min/),
  ).toBeInTheDocument();
  expect(screen.getByText(/no answer within 4 s/)).toBeInTheDocument();
  expect(screen.getByText('vpc-uf6shanghai1')).toBeInTheDocument();
  expect(
    screen.getByText(
      'Name and ranges are unknown while cn-shanghai does not answer',
    ),
  ).toBeInTheDocument();
  expect(screen.getByText('vpc-hangzhou')).toBeInTheDocument();
  expect(screen.queryByText('cn-hangzhou does not answer')).toBeNull();
});

it('says how old the facts of a region are that has stopped answering', async () => {
  show({
    regions: [
      HANGZHOU,
      {
        region: SHANGHAI.region,
        freshness: {
          state: 'stale',
          since: minutesAgo(2),
          reason: 'timed out',
        },
      },
    ],
  });
  expect(
    await screen.findByText(/^cn-shanghai is shown as last read 2 min/),
  ).toBeInTheDocument();
  expect(screen.getByText('timed out')).toBeInTheDocument();
  expect(screen.getByText('vpc-shanghai')).toBeInTheDocument();
});

it('does not take an unread CEN for one that does not exist', async () => {
  show({
    cen: { state: 'forbidden', reason: 'cbn DescribeCens failed' },
    cens: [],
  });
  expect(
    await screen.findByText('The account may not read CEN'),
  ).toBeInTheDocument();
  expect(screen.queryByText('not attached')).toBeNull();
  expect(screen.queryByText(/not connected by a Cloud Enterprise/)).toBeNull();
});

it('speaks Chinese about silence and states, and keeps the word of the cloud as title', async () => {
  const [cen] = network.cens;
  const [router, other] = cen.transitRouters;
  const [first, second] = router.vpcAttachments;
  show(
    {
      ...silent,
      cens: [
        {
          ...cen,
          transitRouters: [
            {
              ...router,
              vpcAttachments: [first, { ...second, status: 'Quarantined' }],
            },
            other,
          ],
        },
      ],
    },
    'zh-CN',
  );
  expect(await screen.findByText('cn-shanghai 没有响应')).toBeInTheDocument();
  const attached = screen.getByText('已接入');
  expect(attached.closest('[title]')).toHaveAttribute('title', 'Attached');
  expect(screen.queryByText('Attached')).toBeNull();
  // A state that nobody has translated is shown as the cloud says it.
  expect(screen.getByText('Quarantined')).toBeInTheDocument();
});
