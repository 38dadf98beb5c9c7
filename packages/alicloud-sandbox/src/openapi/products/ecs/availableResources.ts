import { REGIONS, zonesOf } from '../../../network/regions';
import { RpcCall } from '../../call';
import { missingParameter, notFound } from '../../errors';
import type { RpcOperation } from '../../operation';
import { instanceSize } from '../ack/nodes';
import { StockedType, stockOf } from './stock';

const DESTINATIONS = [
  'Zone',
  'IoOptimized',
  'InstanceType',
  'Network',
  'ddh',
  'SystemDisk',
  'DataDisk',
] as const;
type Destination = (typeof DESTINATIONS)[number];

/** Smallest and largest disk of each category, GiB. */
const DISKS: Record<'SystemDisk' | 'DataDisk', [string, number, number][]> = {
  SystemDisk: [
    ['cloud_efficiency', 20, 2048],
    ['cloud_essd', 20, 2048],
    ['cloud_auto', 1, 2048],
  ],
  DataDisk: [
    ['cloud_efficiency', 20, 32_768],
    ['cloud_essd', 20, 65_536],
    ['cloud_auto', 1, 65_536],
  ],
};

const status = (inStock: boolean) => ({
  Status: inStock ? 'Available' : 'SoldOut',
  StatusCategory: inStock ? 'WithStock' : 'WithoutStock',
});

/** Types of a zone that the call's filters let through. */
function typesOf(call: RpcCall, zoneId: string): StockedType[] {
  const cores = call.text('Cores');
  const memory = call.text('Memory');
  const optimized = call.oneOf('IoOptimized', ['none', 'optimized']);
  // All families of this catalogue are I/O optimised and live in VPCs.
  if (optimized === 'none') return [];
  if (call.oneOf('NetworkCategory', ['vpc', 'classic']) === 'classic') {
    return [];
  }
  return stockOf(zoneId).filter(({ instanceType }) => {
    const { cpu, memoryGiB } = instanceSize(instanceType);
    return (
      call.selects({ InstanceType: instanceType }) &&
      (cores === undefined || Number(cores) === cpu) &&
      (memory === undefined || Number(memory) === memoryGiB)
    );
  });
}

function resourcesOf(destination: Destination, types: StockedType[]) {
  const inStock = types.some(type => type.inStock);
  switch (destination) {
    case 'InstanceType':
      return types.map(type => ({
        Value: type.instanceType,
        ...status(type.inStock),
      }));
    case 'SystemDisk':
    case 'DataDisk':
      return DISKS[destination].map(([Value, Min, Max]) => ({
        Value,
        Min,
        Max,
        Unit: 'GiB',
        ...status(inStock),
      }));
    case 'IoOptimized':
      return [{ Value: 'optimized', ...status(inStock) }];
    case 'Network':
      return [{ Value: 'vpc', ...status(inStock) }];
    default:
      return [];
  }
}

function requestedZones(call: RpcCall, regionId: string): string[] {
  const zones = zonesOf(REGIONS.get(regionId)!);
  const wanted = call.text('ZoneId');
  if (wanted === undefined) return zones;
  if (!zones.includes(wanted)) {
    throw notFound('InvalidZoneId.NotFound', 'zone', wanted);
  }
  return [wanted];
}

function describeAvailableResource(call: RpcCall) {
  const RegionId = call.need('RegionId');
  const destination = call.oneOf('DestinationResource', DESTINATIONS)!;
  call.oneOf('InstanceChargeType', ['PrePaid', 'PostPaid']);
  // Disks of an instance depend on its type; disks by themselves do not.
  if (
    destination === 'SystemDisk' &&
    call.text('ResourceType') !== 'disk' &&
    call.text('InstanceType') === undefined
  ) {
    throw missingParameter('InstanceType');
  }
  const AvailableZone = requestedZones(call, RegionId).flatMap(ZoneId => {
    const types = typesOf(call, ZoneId);
    if (!types.length) return [];
    const resources = resourcesOf(destination, types);
    return [
      {
        RegionId,
        ZoneId,
        ...status(types.some(type => type.inStock)),
        AvailableResources: {
          AvailableResource: resources.length
            ? [
                {
                  Type: destination,
                  SupportedResources: { SupportedResource: resources },
                },
              ]
            : [],
        },
      },
    ];
  });
  return { AvailableZones: { AvailableZone } };
}

export const availableResourceOperations: Record<string, RpcOperation> = {
  DescribeAvailableResource: { run: describeAvailableResource },
};
