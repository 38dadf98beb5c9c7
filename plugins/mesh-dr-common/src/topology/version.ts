import type {
  ClusterTopology,
  Freshness,
  RegionTopology,
  ServiceTopology,
} from '../api/types';
import { fingerprint, textFingerprint } from './fingerprint';
import { listJson } from './json';
import { remembered } from './remembered';

const settled = (freshness: Freshness) =>
  freshness.state === 'ok' ? { state: 'ok' } : freshness;

const ofList = remembered((list: object[]) => textFingerprint(listJson(list)));

/** The `version` of a topology. When facts were last confirmed is no change of them. */
export function versionOf(
  content: Omit<ServiceTopology, 'version' | 'computedAt'>,
): string {
  return fingerprint({ ...content, regions: content.regions.map(ofRegion) });
}

function ofRegion(region: RegionTopology) {
  return {
    ...region,
    freshness: settled(region.freshness),
    clusters: region.clusters.map(ofCluster),
  };
}

function ofCluster(cluster: ClusterTopology) {
  return {
    ...cluster,
    freshness: settled(cluster.freshness),
    workloads: ofList(cluster.workloads),
    endpoints: ofList(cluster.endpoints),
  };
}
