import { createCenAttachments } from './cenAttachments';
import { createCenRoutes } from './cenRoutes';
import { allByNumber, gone } from './pages';
import { flag, tagList, tags, text, texts } from './shape';
import type { AlicloudTransport } from './transport';
import type { CenApi } from './types';

/** CEN and transit routers (Cbn 2017-09-12): instances here, attachments and routes in files of their own. */
export function createCenApi(transport: AlicloudTransport): CenApi {
  return {
    ...createCenAttachments(transport),
    ...createCenRoutes(transport),

    async checkTransitRouterService(o) {
      const answer = await transport.rpc(
        { product: 'cbn', operation: 'CheckTransitRouterService' },
        o,
      );
      return flag(answer.Enabled);
    },

    async openTransitRouterService(o) {
      await transport.rpc(
        { product: 'cbn', operation: 'OpenTransitRouterService' },
        o,
      );
    },

    async createCen(p, o) {
      const answer = await transport.rpc(
        {
          product: 'cbn',
          operation: 'CreateCen',
          resource: `CEN ${p.name}`,
          params: {
            Name: p.name,
            Description: p.description,
            ClientToken: p.clientToken,
            Tag: tagList(p.tags),
          },
        },
        o,
      );
      return { cenId: text(answer.CenId) };
    },

    async describeCens(p, o) {
      const filter: { Key: string; Value: string[] }[] = [];
      if (p.cenId) filter.push({ Key: 'CenId', Value: [p.cenId] });
      if (p.name) filter.push({ Key: 'Name', Value: [p.name] });
      const found = await allByNumber(
        transport,
        {
          product: 'cbn',
          operation: 'DescribeCens',
          resource: p.cenId ?? p.name,
          params: { Filter: filter, Tag: tagList(p.tags) },
        },
        'Cens',
        o,
      );
      return found.map(cen => ({
        cenId: text(cen.CenId),
        name: text(cen.Name),
        status: text(cen.Status),
        tags: tags(cen.Tags),
      }));
    },

    deleteCen: (p, o) =>
      gone(
        transport.rpc(
          {
            product: 'cbn',
            operation: 'DeleteCen',
            resource: p.cenId,
            params: { CenId: p.cenId },
          },
          o,
        ),
      ),

    async availableZones(p, o) {
      const answer = await transport.rpc(
        {
          product: 'cbn',
          operation: 'ListTransitRouterAvailableResource',
          resource: `region ${p.regionId}`,
          params: { RegionId: p.regionId },
        },
        o,
      );
      // Newer regions answer AvailableZones, older ones a master and a slave list.
      return [
        ...new Set([
          ...texts(answer.AvailableZones),
          ...texts(answer.MasterZones),
          ...texts(answer.SlaveZones),
        ]),
      ].sort();
    },

    async createTransitRouter(p, o) {
      const answer = await transport.rpc(
        {
          product: 'cbn',
          operation: 'CreateTransitRouter',
          resource: `transit router ${p.transitRouterName} in ${p.regionId}`,
          params: {
            CenId: p.cenId,
            RegionId: p.regionId,
            TransitRouterName: p.transitRouterName,
            ClientToken: p.clientToken,
            Tag: tagList(p.tags),
          },
        },
        o,
      );
      return { transitRouterId: text(answer.TransitRouterId) };
    },

    async listTransitRouters(p, o) {
      const found = await allByNumber(
        transport,
        {
          product: 'cbn',
          operation: 'ListTransitRouters',
          resource: p.transitRouterId ?? p.cenId,
          params: {
            CenId: p.cenId,
            RegionId: p.regionId,
            TransitRouterId: p.transitRouterId,
          },
        },
        'TransitRouters',
        o,
      );
      return found.map(router => ({
        transitRouterId: text(router.TransitRouterId),
        transitRouterName: text(router.TransitRouterName),
        cenId: text(router.CenId),
        regionId: text(router.RegionId),
        status: text(router.Status),
        type: text(router.Type),
        tags: tags(router.Tags),
      }));
    },

    deleteTransitRouter: (p, o) =>
      gone(
        transport.rpc(
          {
            product: 'cbn',
            operation: 'DeleteTransitRouter',
            resource: p.transitRouterId,
            params: { TransitRouterId: p.transitRouterId },
          },
          o,
        ),
      ),
  };
}
