import type { JsonObject } from '@backstage/types';
import type { Alicloud, CallOptions } from '../alicloud/types';
import { buildGraph } from './graph';
import {
  keys,
  type CenOutputs,
  type ClusterOutputs,
  type MeshOutputs,
  type TransitRouterOutputs,
  type VpcOutputs,
} from './resources/common';
import { cenResource } from './resources/cen';
import { clusterResource } from './resources/cluster';
import { meshResource } from './resources/mesh';
import { peerAttachmentResource } from './resources/peerAttachment';
import { podRoutesResource } from './resources/podRoutes';
import { routeLinkResource } from './resources/routeLink';
import { securityGroupResource } from './resources/securityGroup';
import { transitRouterResource } from './resources/transitRouter';
import { vpcResource } from './resources/vpc';
import { vpcAttachmentResource } from './resources/vpcAttachment';
import { vswitchResource } from './resources/vswitch';
import type { EnvironmentSpec } from './spec';
import { resourceTags } from './tags';
import type { ProvisionContext, Resource, ResourceKind } from './types';

/** The regions of a spec, sorted. */
export function regionsOf(spec: EnvironmentSpec): string[] {
  return [...new Set(spec.network.vpcs.map(vpc => vpc.region))].sort();
}

/** Every resource of an environment: the spec as a graph. */
export function environmentResources(spec: EnvironmentSpec): Resource[] {
  const { network } = spec;
  const regions = regionsOf(spec);
  const resources: Resource[] = [
    cenResource(spec.name, spec.cen.cenId),
    ...regions.map(transitRouterResource),
    meshResource(spec),
  ];
  for (const vpc of network.vpcs) {
    resources.push(
      vpcResource(vpc),
      ...vpc.vswitches.map((vswitch, index) =>
        vswitchResource(vpc, vswitch, index),
      ),
      vpcAttachmentResource(vpc),
      routeLinkResource(keys.vpcAttachment(vpc.name), vpc.region),
    );
  }
  regions.forEach((a, index) => {
    for (const b of regions.slice(index + 1)) {
      const peerKey = keys.peerAttachment(a, b);
      resources.push(
        peerAttachmentResource(a, b, spec.cen),
        routeLinkResource(peerKey, a),
        routeLinkResource(peerKey, b),
      );
    }
  });
  for (const cluster of network.clusters) {
    resources.push(
      clusterResource(cluster, spec),
      securityGroupResource(network, cluster),
    );
    const { networkPlugin, podCidr } = cluster;
    if (networkPlugin === 'flannel' && podCidr && spec.cen.publishPodRoutes) {
      resources.push(podRoutesResource({ ...cluster, podCidr }, spec));
    }
  }
  return resources;
}

/**
 * The part of an environment that some kinds make up: those resources, and what they depend on as prerequisites that are
 * looked up and never created.
 */
export function selectKinds(
  resources: Resource[],
  kinds?: readonly ResourceKind[],
): { resources: Resource[]; prerequisites: Set<string> } {
  if (!kinds) return { resources, prerequisites: new Set() };
  const graph = buildGraph(resources);
  const chosen = resources.filter(resource => kinds.includes(resource.kind));
  const needed = new Set(chosen.map(resource => resource.key));
  const prerequisites = new Set<string>();
  for (const { key } of chosen) {
    for (const dependency of graph.dependenciesOf(key)) {
      if (!needed.has(dependency)) prerequisites.add(dependency);
    }
  }
  return {
    resources: resources.filter(
      resource => needed.has(resource.key) || prerequisites.has(resource.key),
    ),
    prerequisites,
  };
}

/** Context over a map of outputs that fills as the walk proceeds. */
export function createContext(options: {
  cloud: Alicloud;
  spec: EnvironmentSpec;
  uid: string;
  call: CallOptions;
  outputs: Map<string, JsonObject>;
}): ProvisionContext {
  const { cloud, spec, uid, call, outputs } = options;
  return {
    cloud,
    spec,
    uid,
    call,
    outputs<T extends JsonObject>(key: string): T {
      const found = outputs.get(key);
      if (!found) throw new Error(`Resource ${key} has no outputs yet`);
      return found as T;
    },
    tags: key => resourceTags(spec.name, uid, key),
  };
}

/** What an environment offers to whoever uses it; never a credential. */
export interface EnvironmentOutputs {
  environment: string;
  account: string;
  vpcs: { name: string; id: string; region: string }[];
  cenId?: string;
  transitRouters: { id: string; region: string }[];
  clusters: {
    name: string;
    id: string;
    region: string;
    securityGroupId: string;
  }[];
  mesh?: { name: string; id: string; region: string; version: string };
}

/** Collects the ids that are known so far. */
export function collectOutputs(
  spec: EnvironmentSpec,
  account: string,
  outputs: Map<string, JsonObject>,
): EnvironmentOutputs {
  const get = <T extends JsonObject>(key: string) =>
    outputs.get(key) as T | undefined;
  const mesh = get<MeshOutputs>(keys.mesh());
  return {
    environment: spec.name,
    account,
    vpcs: spec.network.vpcs.flatMap(({ name, region }) => {
      const found = get<VpcOutputs>(keys.vpc(name));
      return found ? [{ name, region, id: found.vpcId }] : [];
    }),
    cenId: get<CenOutputs>(keys.cen())?.cenId,
    transitRouters: regionsOf(spec).flatMap(region => {
      const found = get<TransitRouterOutputs>(keys.transitRouter(region));
      return found ? [{ region, id: found.transitRouterId }] : [];
    }),
    clusters: spec.network.clusters.flatMap(({ name, region }) => {
      const found = get<ClusterOutputs>(keys.cluster(name));
      return found
        ? [
            {
              name,
              region,
              id: found.clusterId,
              securityGroupId: found.securityGroupId,
            },
          ]
        : [];
    }),
    mesh: mesh && {
      name: spec.network.mesh.name,
      region: spec.network.mesh.region,
      id: mesh.meshId,
      version: mesh.version,
    },
  };
}
