import { REGIONS, zonesOf } from '../../../network/regions';
import { availableAddresses } from '../../addresses';
import type { RpcCall } from '../../call';
import { Cloud, data } from '../../cloud';
import { ApiError } from '../../errors';
import type { VSwitch, Vpc } from '../../model';
import { findVSwitch } from '../vpc/vswitches';

/** The two spellings of the options exclude each other. */
export function optionsOf(call: RpcCall): Record<string, string> {
  const names = ['TransitRouterVPCAttachmentOptions', 'Options'];
  const [given, other] = names.filter(name => call.text(name) !== undefined);
  if (other) {
    throw new ApiError(
      'ParamExclusive.TransitRouterVPCAttachmentOptionsAndOptions',
      'When creating or modifying a VPC attachment, the input parameter TransitRouterVPCAttachmentOptions and Options cannot be used at the same time.',
    );
  }
  const options = (given ? call.json(given) : {}) as Record<string, string>;
  for (const [name, value] of Object.entries(options)) {
    if (value === 'enable' || value === 'disable') continue;
    const parameter = name.charAt(0).toUpperCase() + name.slice(1);
    throw new ApiError(
      `InvalidParameter.${parameter}`,
      `The specified parameter ${parameter} is invalid: '${value}' is neither enable nor disable.`,
    );
  }
  return options;
}

/** One vSwitch a zone, each with a free address for the network interface that the attachment puts there. */
export function zoneMappingsOf(
  call: RpcCall,
  cloud: Cloud,
  vpc: Vpc,
): VSwitch[] {
  const illegal = (name: string, reason: string) =>
    new ApiError(
      `IllegalParam.${name}`,
      `The Specified Parameter ${name} is illegal: ${reason}.`,
    );
  const seen = new Set<string>();
  return call
    .objects('ZoneMappings')
    .map(({ ZoneId: zoneId = '', VSwitchId: id = '' }) => {
      if (!zonesOf(REGIONS.get(vpc.regionId)!).includes(zoneId)) {
        throw illegal('ZoneId', `${vpc.regionId} has no zone '${zoneId}'`);
      }
      if (seen.has(zoneId)) {
        throw new ApiError(
          'Duplicated.ZoneMapping',
          `The parameter ZoneMapping is duplicated: ${zoneId}.`,
        );
      }
      seen.add(zoneId);
      const vSwitch = findVSwitch(cloud, id);
      if (vSwitch.vpcId !== vpc.vpcId) {
        throw illegal('VSwitchId', `${id} is not a vSwitch of ${vpc.vpcId}`);
      }
      if (vSwitch.zoneId !== zoneId) {
        throw illegal('ZoneMappings', `${id} is in zone ${vSwitch.zoneId}`);
      }
      if (vSwitch.status !== 'Available') {
        throw new ApiError(
          'IncorrectStatus.VpcSwitch',
          `The vSwitch ${id} is ${vSwitch.status}.`,
          409,
        );
      }
      if (availableAddresses(data(cloud), vSwitch) < 1) {
        throw new ApiError(
          'InsufficientIpAddr.vsw',
          `Insufficient available IP addresses in the vSwitch ${id}.`,
        );
      }
      return vSwitch;
    });
}
