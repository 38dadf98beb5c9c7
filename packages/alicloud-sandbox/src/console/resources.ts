import type { KubeFleet } from '../contract';
import { GVR } from '../mesh/gvr';
import type { CloudData } from '../openapi/data';
import type { Mesh, PeerAttachment } from '../openapi/model';

export type Product = 'network' | 'cen' | 'ecs' | 'slb' | 'ack' | 'asm';

/** One resource as the console lists it. */
export interface Resource {
  product: Product;
  type: string;
  id: string;
  name: string;
  regionId: string;
  /** As the cloud's API names it; empty where a resource has none. */
  state: string;
  details: string[];
}

type Entry = Omit<Resource, 'product' | 'type'>;

/** Every resource that users know by name, by product, region and type. */
export function listResources(data: CloudData, kube: KubeFleet): Resource[] {
  const listed: Resource[] = [];
  const list = <T>(
    product: Product,
    type: string,
    records: Record<string, T>,
    describe: (record: T) => Partial<Entry>,
  ) => {
    for (const [id, record] of Object.entries(records)) {
      const common = record as Partial<Entry> & { status?: string };
      listed.push({
        product,
        type,
        id,
        name: common.name ?? '',
        regionId: common.regionId ?? '',
        state: common.status ?? common.state ?? '',
        details: [],
        ...describe(record),
      });
    }
  };
  list('network', 'VPC', data.vpcs, v => ({ details: [v.cidrBlock] }));
  list('network', 'vSwitch', data.vSwitches, v => ({
    details: [v.cidrBlock, v.zoneId],
  }));
  list('network', 'NAT gateway', data.natGateways, n => ({
    details: [n.privateIp],
  }));
  list('network', 'EIP', data.eips, e => ({
    details: [`${e.ip} → ${e.instanceId}`],
  }));
  list('cen', 'CEN', data.cens, c => ({ details: [c.protectionLevel] }));
  list('cen', 'Transit router', data.transitRouters, t => ({
    details: [t.cenId],
  }));
  list('cen', 'VPC attachment', data.vpcAttachments, a => ({
    details: [a.vpcId, a.zoneMappings.map(z => z.zoneId).join(', ')],
  }));
  list('cen', 'Inter-region link', data.peerAttachments, peerDetails);
  list('cen', 'Bandwidth package', data.bandwidthPackages, b => ({
    details: [`${b.bandwidth} Mbit/s`, `${b.areaA} – ${b.areaB}`],
  }));
  list('ecs', 'Security group', data.securityGroups, g => ({
    details: [g.vpcId, `${g.rules.length} rules`],
  }));
  list('ecs', 'Instance', data.instances, i => ({
    details: [i.instanceType, i.ip, i.zoneId],
  }));
  list('slb', 'Load balancer', data.loadBalancers, b => ({
    details: [b.ip, b.vpcId],
  }));
  list('ack', 'Cluster', data.clusters, c => ({
    details: [c.version, c.networkPlugin, ...workload(kube, c.clusterId)],
  }));
  list('asm', 'Mesh', data.meshes, m => ({
    details: [m.version, ...meshDetails(m, data)],
  }));
  // Types stay in the order above.
  return listed.sort((a, b) => a.regionId.localeCompare(b.regionId));
}

function peerDetails(link: PeerAttachment): Partial<Entry> {
  return {
    details: [
      `${link.regionId} ↔ ${link.peerRegionId}`,
      link.bandwidth
        ? `${link.bandwidth} Mbit/s`
        : 'no bandwidth: 1 kbit/s for tests only',
    ],
  };
}

function workload(kube: KubeFleet, clusterId: string): string[] {
  const storage = kube.get(clusterId)?.storage;
  if (!storage) return [];
  const nodes = storage.list(GVR.nodes).length;
  const pods = storage.list(GVR.pods);
  const running = pods.filter(pod => pod.status?.phase === 'Running').length;
  return [
    `${nodes} nodes`,
    running === pods.length
      ? `${pods.length} pods`
      : `${running} of ${pods.length} pods running`,
  ];
}

function meshDetails(mesh: Mesh, { clusters }: CloudData): string[] {
  const members = mesh.members.map(
    ({ clusterId, state }) =>
      `${clusters[clusterId]?.name ?? clusterId} ${state}`,
  );
  return [
    members.length ? `members: ${members.join(', ')}` : 'no members',
    `locality: ${locality(mesh)}`,
  ];
}

function locality({ localityEnabled, locality: conf }: Mesh): string {
  if (!localityEnabled) return 'off';
  const failover = (conf.failover ?? []).map(f => `${f.from} → ${f.to}`);
  const distribute = (conf.distribute ?? []).map(
    d =>
      `${d.from} → ${Object.entries(d.to)
        .map(([to, percent]) => `${to} ${percent} %`)
        .join(', ')}`,
  );
  if (failover.length) return `failover ${failover.join(', ')}`;
  return distribute.length
    ? `distribute ${distribute.join('; ')}`
    : 'on, by nearness';
}
