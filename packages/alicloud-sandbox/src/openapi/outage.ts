import type { ControlApi } from '../contract';
import { ControlError } from '../control';
import { OUTAGE_MODES, type OutageMode, type Outages } from '../faults/outages';
import { REGIONS } from '../network/regions';
import { Cloud, data } from './cloud';

/**
 * The cloud's share of a region outage (`GET`, `POST /faults/regions`, `DELETE /faults/regions[/:region]`): calls for the
 * region, its API servers, and on the network nothing of it answers. What happens to its proxies and gateways is the
 * mesh floor's share of these routes.
 */
export function addOutageRoutes(cloud: Cloud, control: ControlApi): Outages {
  const outages: Outages = {
    mode: region => outageMode(cloud, region),
    whenBack: (region, back) => {
      const stop = cloud.store.onChange(() => {
        if (outages.mode(region)) return;
        stop();
        back();
      });
      return stop;
    },
  };
  const restore = (region: string | undefined) => {
    const all = data(cloud);
    all.regionsDown = all.regionsDown.filter(id => id !== region);
    all.regionsGone = all.regionsGone.filter(id => id !== region);
    cloud.store.commit();
  };
  control.route('GET', '/faults/regions', () => {
    const { regionsDown } = data(cloud);
    return {
      regions: [...regionsDown],
      modes: Object.fromEntries(
        regionsDown.map(region => [region, outages.mode(region)]),
      ),
    };
  });
  control.route('POST', '/faults/regions', ({ body }) => {
    const region = body?.region;
    const mode: OutageMode = body?.mode ?? 'hanging';
    if (!REGIONS.has(region)) {
      throw new ControlError(404, `There is no region ${region}`);
    }
    if (!OUTAGE_MODES.includes(mode)) {
      throw new ControlError(
        400,
        `mode is ${JSON.stringify(mode)}: give one of ${OUTAGE_MODES.join(
          ', ',
        )}`,
      );
    }
    const all = data(cloud);
    if (all.regionsDown.includes(region)) {
      if (outages.mode(region) === mode) return { region, mode };
      throw new ControlError(
        409,
        `${region} is out already, in another mode: DELETE /_sandbox/faults/regions/${region} first`,
      );
    }
    all.regionsDown.push(region);
    if (mode === 'gone') all.regionsGone.push(region);
    cloud.store.commit();
    for (const cluster of cloud.kube.list()) {
      if (cluster.spec.region === region) cluster.suspend(mode);
    }
    return { region, mode };
  });
  control.route('DELETE', '/faults/regions', ({ body, query }) =>
    restore(body?.region ?? query.get('region') ?? undefined),
  );
  control.route('DELETE', '/faults/regions/:region', ({ params }) =>
    restore(params.region),
  );
  return outages;
}

/** How a region is lost; undefined while it is up. */
export function outageMode(
  cloud: Cloud,
  region: string,
): OutageMode | undefined {
  const { regionsDown, regionsGone } = data(cloud);
  if (!regionsDown.includes(region)) return undefined;
  return regionsGone.includes(region) ? 'gone' : 'hanging';
}

/** Products that answer from everywhere: they are not of the region that a call names. */
const CENTRAL = new Set(['Cbn', 'Sts']);

/** The region that has to be up for a call: the one it names, or the one of the first resource that it names. */
export function regionOfCall(
  cloud: Cloud,
  call: { product: string; regionId?: string; values: string[] },
): string | undefined {
  if (CENTRAL.has(call.product)) return undefined;
  if (call.regionId) return call.regionId;
  const collections = Object.values(data(cloud)).filter(
    value =>
      typeof value === 'object' && value !== null && !Array.isArray(value),
  ) as Record<string, { regionId?: string }>[];
  for (const value of call.values) {
    for (const collection of collections) {
      const found = Object.hasOwn(collection, value) && collection[value];
      if (found && found.regionId) return found.regionId;
    }
  }
  return undefined;
}
