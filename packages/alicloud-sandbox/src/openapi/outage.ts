import type { ControlApi } from '../contract';
import { ControlError } from '../control';
import { REGIONS } from '../network/regions';
import { Cloud, data } from './cloud';

/**
 * The cloud's share of a region outage (`POST /faults/regions`, `DELETE /faults/regions[/:region]`): on the network
 * nothing of the region answers. What happens to its clusters and proxies is the other floors' share of these routes.
 */
export function addOutageRoutes(cloud: Cloud, control: ControlApi): void {
  const restore = (region: string | undefined) => {
    const all = data(cloud);
    all.regionsDown = all.regionsDown.filter(id => id !== region);
    cloud.store.commit();
  };
  control.route('POST', '/faults/regions', ({ body }) => {
    const region = body?.region;
    if (!REGIONS.has(region)) {
      throw new ControlError(404, `There is no region ${region}`);
    }
    const all = data(cloud);
    if (!all.regionsDown.includes(region)) all.regionsDown.push(region);
    cloud.store.commit();
  });
  control.route('DELETE', '/faults/regions', ({ body, query }) =>
    restore(body?.region ?? query.get('region') ?? undefined),
  );
  control.route('DELETE', '/faults/regions/:region', ({ params }) =>
    restore(params.region),
  );
}
