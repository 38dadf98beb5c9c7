import type { CloudView, MeshView } from '../contract';
import { Cloud, data } from './cloud';
import type { Mesh } from './model';
import { outageMode } from './outage';

/** An upgrade replaces the control plane; proxies go on meanwhile. */
function serves(mesh: Mesh): boolean {
  return mesh.state === 'running' || mesh.state === 'upgrading';
}

/** The cloud as the data plane sees it. */
export function createCloudView(cloud: Cloud): CloudView {
  const meshView = (mesh: Mesh): MeshView => ({
    id: mesh.meshId,
    name: mesh.name,
    region: mesh.regionId,
    version: mesh.version,
    gatewayVersions: mesh.gatewayVersions,
    vpcId: mesh.vpcId,
    locality: { enabled: mesh.localityEnabled, ...mesh.locality },
    members: mesh.members
      .filter(
        member =>
          member.state === 'running' && data(cloud).clusters[member.clusterId],
      )
      .map(member => member.clusterId),
    injectByDefault:
      mesh.features.EnableNamespacesByDefault?.toLowerCase() === 'true',
  });
  return {
    meshes: () =>
      Object.values(data(cloud).meshes).filter(serves).map(meshView),
    mesh(id) {
      const mesh = data(cloud).meshes[id];
      return mesh && serves(mesh) ? meshView(mesh) : undefined;
    },
    clusterNetwork(clusterId) {
      const cluster = data(cloud).clusters[clusterId];
      return (
        cluster && {
          vpcId: cluster.vpcId,
          region: cluster.regionId,
          securityGroupId: cluster.securityGroupId,
          podCidr: cluster.containerCidr || undefined,
        }
      );
    },
    outage: region => outageMode(cloud, region),
    reach: (from, to, port) => cloud.reach(from, to, port),
    onChange: listener => cloud.store.onChange(listener),
  };
}
