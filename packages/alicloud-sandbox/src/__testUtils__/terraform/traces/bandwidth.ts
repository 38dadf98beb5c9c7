import type { Trace } from '../trace';

const listPackage = {
  via: 'sdk-go' as const,
  call: 'cbn.DescribeCenBandwidthPackages',
  query: {
    'Filter.1.Key': 'CenBandwidthPackageId',
    'Filter.1.Value.1': '${package}',
  },
};

/** A bandwidth package, and its attachment to the CEN. */
export const bandwidthTraces: Trace[] = [
  {
    resource: 'alicloud_cen_bandwidth_package',
    create: [
      {
        via: 'sdk-go',
        call: 'cbn.CreateCenBandwidthPackage',
        query: {
          ClientToken: 'TF-CreateCenBandwidthPackage-1',
          AutoPay: 'true',
          Bandwidth: '5',
          BandwidthPackageChargeType: 'POSTPAY',
          GeographicRegionAId: 'China',
          GeographicRegionBId: 'China',
        },
        keep: { package: '$.CenBandwidthPackageId' },
      },
      {
        ...listPackage,
        until: {
          path: '$.CenBandwidthPackages.CenBandwidthPackage[0].Status',
          is: 'Idle',
        },
      },
    ],
    read: [
      {
        ...listPackage,
        reads: {
          '$.CenBandwidthPackages.CenBandwidthPackage[0].Bandwidth': 5,
          '$.CenBandwidthPackages.CenBandwidthPackage[0].GeographicRegionAId':
            'China',
        },
        needs: [
          '$.CenBandwidthPackages.CenBandwidthPackage[0].BandwidthPackageChargeType',
        ],
      },
    ],
    destroy: [
      {
        via: 'sdk-go',
        call: 'cbn.DeleteCenBandwidthPackage',
        query: { CenBandwidthPackageId: '${package}' },
        retries: [
          'InvalidOperation.CenBandwidthLimitsNotZero',
          'Forbidden.Release',
        ],
      },
    ],
    absent: {
      ...listPackage,
      empty: '$.CenBandwidthPackages.CenBandwidthPackage',
      codes: ['ParameterBwpInstanceId'],
    },
    destroyAgain: {
      via: 'sdk-go',
      call: 'cbn.DeleteCenBandwidthPackage',
      query: { CenBandwidthPackageId: '${package}' },
      codes: ['ParameterBwpInstanceId'],
    },
  },
  {
    resource: 'alicloud_cen_bandwidth_package_attachment',
    create: [
      {
        via: 'tea-rpc',
        call: 'cbn.AssociateCenBandwidthPackage',
        body: { CenId: '${cen}', CenBandwidthPackageId: '${package}' },
        retries: [
          'InvalidOperation.BwpInstanceStatus',
          'InvalidOperation.BwpBusinessStatus',
          'InvalidOperation.CenInstanceStatus',
        ],
      },
      {
        ...listPackage,
        until: {
          path: '$.CenBandwidthPackages.CenBandwidthPackage[0].Status',
          is: 'InUse',
        },
      },
    ],
    read: [
      {
        ...listPackage,
        reads: {
          '$.CenBandwidthPackages.CenBandwidthPackage[0].CenIds.CenId[0]':
            '${cen}',
        },
      },
    ],
    destroy: [
      {
        via: 'tea-rpc',
        call: 'cbn.UnassociateCenBandwidthPackage',
        body: { CenId: '${cen}', CenBandwidthPackageId: '${package}' },
        retries: ['InvalidOperation.CenBandwidthLimitsNotZero'],
      },
      {
        ...listPackage,
        until: {
          path: '$.CenBandwidthPackages.CenBandwidthPackage[0].Status',
          is: 'Idle',
        },
      },
    ],
    absent: {
      ...listPackage,
      empty: '$.CenBandwidthPackages.CenBandwidthPackage[0].CenIds.CenId',
    },
  },
];
