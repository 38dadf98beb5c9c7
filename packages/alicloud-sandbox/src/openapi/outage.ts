import type { ControlApi } from '../contract';
import { ControlError } from '../control';
import { REGIONS } from '../network/regions';
import { Cloud, data } from './cloud';

/**
 * Region outages: `GET /regions`, `PUT /regions/:region/outage`, `DELETE /regions/:region/outage`. In a region that is
 * down nothing answers on the network, and the API servers of its clusters and meshes hang.
 */
export function addOutageRoutes(cloud: Cloud, control: ControlApi): void {
  const change = (regionId: string, down: boolean) => {
    if (!REGIONS.has(regionId)) {
      throw new ControlError(404, `There is no region ${regionId}`);
    }
    const all = data(cloud);
    const others = all.regionsDown.filter(id => id !== regionId);
    all.regionsDown = down ? [...others, regionId] : others;
    for (const cluster of cloud.kube.list()) {
      if (cluster.spec.region !== regionId) continue;
      if (down) cluster.suspend();
      else cluster.resume();
    }
    cloud.store.commit();
    return { regionsDown: all.regionsDown };
  };
  control.route('GET', '/regions', () => ({
    regionsDown: data(cloud).regionsDown,
  }));
  control.route('PUT', '/regions/:region/outage', ({ params }) =>
    change(params.region, true),
  );
  control.route('DELETE', '/regions/:region/outage', ({ params }) =>
    change(params.region, false),
  );
}
