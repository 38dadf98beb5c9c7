import { Cloud, data } from '../../cloud';
import { cenContracts } from '../../contracts';
import type { RpcProduct } from '../../operation';
import { tagOperations } from '../tags';
import { bandwidthOperations } from './bandwidth';
import { cenOperations, handleCenTransitions } from './instances';
import { handleLinkTransitions, linkOperations } from './links';
import { packageOperations } from './packages';
import {
  handlePeerAttachmentTransitions,
  peerAttachmentOperations,
} from './peerattachments';
import { publicationOperations } from './publications';
import {
  handleTransitRouteTransitions,
  transitRouteOperations,
} from './routes';
import {
  handleTransitRouterTransitions,
  transitRouterOperations,
} from './transitrouters';
import {
  handleVpcAttachmentTransitions,
  vpcAttachmentOperations,
} from './vpcattachments';

export const cenProduct: RpcProduct = {
  code: 'Cbn',
  version: '2017-09-12',
  host: 'cbn.aliyuncs.com',
  tokenProcessing: 'TokenProcessing',
  contracts: cenContracts,
  operations: {
    ...cenOperations,
    ...transitRouterOperations,
    ...vpcAttachmentOperations,
    ...peerAttachmentOperations,
    ...bandwidthOperations,
    ...packageOperations,
    ...linkOperations,
    ...transitRouteOperations,
    ...publicationOperations,
    ...tagOperations({
      untag: 'UntagResources',
      shape: 'wrapped',
      sizeName: 'PageSize',
      types: {
        CEN: (cloud, id) => data(cloud).cens[id]?.tags,
        BandwidthPackage: (cloud, id) =>
          data(cloud).bandwidthPackages[id]?.tags,
        TransitRouter: (cloud, id) => data(cloud).transitRouters[id]?.tags,
        TransitRouterVpcAttachment: (cloud, id) =>
          data(cloud).vpcAttachments[id]?.tags,
        TransitRouterPeerAttachment: (cloud, id) =>
          data(cloud).peerAttachments[id]?.tags,
        TransitRouterRouteTable: (cloud, id) =>
          Object.values(data(cloud).transitRouters).find(
            router => router.routeTableId === id,
          )?.routeTableTags,
      },
      ids: (cloud, type) => {
        const all = data(cloud);
        return {
          CEN: () => Object.keys(all.cens),
          BandwidthPackage: () => Object.keys(all.bandwidthPackages),
          TransitRouter: () => Object.keys(all.transitRouters),
          TransitRouterVpcAttachment: () => Object.keys(all.vpcAttachments),
          TransitRouterPeerAttachment: () => Object.keys(all.peerAttachments),
          TransitRouterRouteTable: () =>
            Object.values(all.transitRouters).map(
              router => router.routeTableId,
            ),
        }[type]!();
      },
    }),
  },
};

export function handleCenProductTransitions(cloud: Cloud): void {
  handleCenTransitions(cloud);
  handleTransitRouterTransitions(cloud);
  handleVpcAttachmentTransitions(cloud);
  handlePeerAttachmentTransitions(cloud);
  handleLinkTransitions(cloud);
  handleTransitRouteTransitions(cloud);
}
