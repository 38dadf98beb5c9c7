import type { NetworkMap } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { HANGZHOU, SHANGHAI } from './topology';

/** The guide's network with the bandwidth left out. */
export const network: NetworkMap = {
  cen: { state: 'ok', observedAt: '2026-11-24T12:00:00Z' },
  regions: [HANGZHOU, SHANGHAI].map(region => ({
    region,
    freshness: { state: 'ok', observedAt: '2026-11-24T12:00:00Z' },
  })),
  cens: [
    {
      id: 'cen-7qthudw0ll6jmc1abc',
      name: 'cen-dr',
      transitRouters: [
        {
          id: 'tr-bp1hangzhou',
          name: 'tr-hangzhou',
          region: HANGZHOU,
          vpcAttachments: [
            {
              id: 'tr-attach-1',
              vpcId: 'vpc-bp1hangzhou1',
              status: 'Attached',
              autoPublishRoutes: true,
            },
            {
              id: 'tr-attach-2',
              vpcId: 'vpc-bp1hangzhou2',
              status: 'Attached',
              autoPublishRoutes: false,
            },
          ],
        },
        {
          id: 'tr-uf6shanghai',
          name: 'tr-shanghai',
          region: SHANGHAI,
          vpcAttachments: [],
        },
      ],
      links: [
        {
          id: 'tr-attach-peer',
          regions: [HANGZHOU, SHANGHAI],
          status: 'Attached',
          bandwidthMbps: 0,
          bandwidthType: 'BandwidthPackage',
        },
      ],
    },
  ],
  vpcs: [
    {
      id: 'vpc-bp1hangzhou1',
      name: 'vpc-hangzhou',
      region: HANGZHOU,
      cidr: '20.0.0.0/8',
      vswitches: [
        {
          id: 'vsw-1',
          name: 'vswitch-hangzhou-h',
          zone: 'cn-hangzhou-h',
          cidr: '20.0.0.0/16',
        },
      ],
    },
    {
      id: 'vpc-bp1hangzhou2',
      name: 'vpc-hangzhou2',
      region: HANGZHOU,
      cidr: '192.168.0.0/16',
      vswitches: [],
    },
    {
      id: 'vpc-uf6shanghai1',
      name: 'vpc-shanghai',
      region: SHANGHAI,
      cidr: '21.0.0.0/8',
      vswitches: [
        {
          id: 'vsw-2',
          name: 'vswitch-shanghai-b',
          zone: 'cn-shanghai-b',
          cidr: '21.0.0.0/16',
        },
      ],
    },
  ],
};
