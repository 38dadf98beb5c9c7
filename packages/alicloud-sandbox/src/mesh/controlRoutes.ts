import { ControlError } from '../control';
import type { ControlApi, KubeFleet, Persistence } from '../contract';
import type { DataPlane } from './dataPlane';
import type { Faults } from './faults';
import type { LoadBalancers } from './loadBalancers';
import type { Registry } from './registry';
import type { TraceLog } from './traces';

/** The mesh floor's routes on the control API: what really happened, and faults. */
export function registerControlRoutes(parts: {
  control: ControlApi;
  persistence: Persistence;
  kube: KubeFleet;
  registry: Registry;
  faults: Faults;
  traces: TraceLog;
  dataPlane: DataPlane;
  loadBalancers: LoadBalancers;
  onRegionBack: (region: string) => void;
}): void {
  const { control, kube, registry, faults, traces, loadBalancers } = parts;
  const regionClusters = (region: string) =>
    kube.list().filter(c => c.spec.region === region);

  control.route('GET', '/loadbalancers', () => ({
    loadBalancers: loadBalancers.addresses(),
  }));
  control.route('GET', '/traces', ({ query }) => {
    const limit = Number(query.get('limit') ?? 100);
    if (!Number.isInteger(limit) || limit < 0) {
      throw new ControlError(
        400,
        `limit must be a whole number, not ${query.get('limit')}`,
      );
    }
    return { hops: traces.latest(limit) };
  });
  control.route('DELETE', '/traces', () => traces.clear());
  control.route('GET', '/ejections', () => ({
    proxies: parts.dataPlane.ejections(),
  }));
  const forgivePods = () =>
    faults.list().forEach(fault => void faults.removePodFault(fault.id));
  control.route('POST', '/reset', () => {
    forgivePods();
    registry
      .lostRegions()
      .forEach(region => registry.setRegionLost(region, false));
    traces.clear();
  });
  control.route('GET', '/faults/pods', () => ({ faults: faults.list() }));
  control.route('POST', '/faults/pods', ({ body }) => faults.addPodFault(body));
  control.route('DELETE', '/faults/pods', forgivePods);
  control.route('DELETE', '/faults/pods/:id', ({ params }) => {
    if (!faults.removePodFault(params.id)) {
      throw new ControlError(404, `there is no pod fault ${params.id}`);
    }
  });
  control.route('GET', '/faults/regions', () => ({
    regions: registry.lostRegions(),
  }));
  control.route('POST', '/faults/regions', ({ body }) => {
    const region = body?.region;
    if (typeof region !== 'string' || region === '') {
      throw new ControlError(400, 'region must name a region');
    }
    if (!registry.isRegionLost(region)) {
      registry.setRegionLost(region, true);
      regionClusters(region).forEach(c => c.suspend());
      parts.persistence.changed();
    }
    return { region };
  });
  const restore = (region: string | undefined) => {
    if (!region) {
      throw new ControlError(
        400,
        'region must name the region that comes back: DELETE /_sandbox/faults/regions/cn-hangzhou',
      );
    }
    if (!registry.isRegionLost(region)) {
      throw new ControlError(404, `region ${region} is not lost`);
    }
    regionClusters(region).forEach(c => c.resume());
    registry.setRegionLost(region, false);
    parts.persistence.changed();
    loadBalancers.regionBack(region);
    parts.onRegionBack(region);
  };
  control.route('DELETE', '/faults/regions', ({ body, query }) =>
    restore(body?.region ?? query.get('region') ?? undefined),
  );
  control.route('DELETE', '/faults/regions/:region', ({ params }) =>
    restore(params.region),
  );
}
