import type { KubeObject } from '../../contract';
import type { Json } from '../json';
import { selectorText } from '../selectors';
import { age, duration } from './age';

/** One printed column. */
export interface Column {
  name: string;
  type?: 'string' | 'integer';
  format?: string;
  /** Shown by `-o wide` only. */
  wide?: boolean;
  cell: (object: KubeObject, now: number) => Json;
}

/** How long ago an object was made; stands last where a kind does not put it elsewhere. */
export const AGE: Column = {
  name: 'Age',
  cell: (o, now) => age(o.metadata.creationTimestamp, now),
};

const text = (name: string, cell: Column['cell'], wide = false): Column => ({
  name,
  cell,
  wide,
});
const count = (name: string, cell: Column['cell']): Column => ({
  name,
  type: 'integer',
  cell,
});
const condition = (o: KubeObject, type: string): Json =>
  o.status?.conditions?.find((c: Json) => c.type === type);
const joined = (values: Json[] | undefined) =>
  values?.length ? values.join(',') : '<none>';
const images = text(
  'Images',
  o => joined(o.spec?.template?.spec?.containers?.map((c: Json) => c.image)),
  true,
);
const containers = text(
  'Containers',
  o => joined(o.spec?.template?.spec?.containers?.map((c: Json) => c.name)),
  true,
);
const selector = text('Selector', o => selectorText(o.spec?.selector), true);

/** Pod phase as kubectl prints it. */
function podStatus(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp) return 'Terminating';
  for (const { state } of pod.status?.containerStatuses ?? []) {
    if (state?.waiting?.reason) return state.waiting.reason;
    if (state?.terminated?.reason) return state.terminated.reason;
  }
  return pod.status?.reason ?? pod.status?.phase ?? 'Unknown';
}

function endpointsText(endpoints: KubeObject): string {
  const all = (endpoints.subsets ?? []).flatMap((s: Json) =>
    (s.addresses ?? []).flatMap((a: Json) =>
      (s.ports ?? []).map((p: Json) => `${a.ip}:${p.port}`),
    ),
  );
  if (all.length === 0) return '<none>';
  const more = all.length - 3;
  return more > 0
    ? `${all.slice(0, 3).join(',')} + ${more} more...`
    : all.join(',');
}

function externalIp(service: KubeObject): string {
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  if (service.spec.type === 'ExternalName')
    return service.spec.externalName ?? '<none>';
  if (service.spec.type !== 'LoadBalancer')
    return joined(service.spec.externalIPs);
  return ingress.length
    ? joined(ingress.map((i: Json) => i.ip ?? i.hostname))
    : '<pending>';
}

function nodeRoles(node: KubeObject): string {
  const roles = Object.keys(node.metadata.labels ?? {})
    .map(l => /^node-role\.kubernetes\.io\/(.+)$/.exec(l)?.[1])
    .filter(Boolean);
  return joined(roles);
}

function nodeStatus(node: KubeObject): string {
  const ready =
    condition(node, 'Ready')?.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable ? `${ready},SchedulingDisabled` : ready;
}

const nodeAddress = (type: string) => (o: KubeObject) =>
  o.status?.addresses?.find((a: Json) => a.type === type)?.address ?? '<none>';

function jobStatus(job: KubeObject): string {
  for (const type of ['Complete', 'Failed', 'Suspended']) {
    if (condition(job, type)?.status === 'True') return type;
  }
  return 'Running';
}

function jobDuration(job: KubeObject, now: number): string {
  const { startTime, completionTime } = job.status ?? {};
  if (!startTime) return '';
  const end = completionTime ? Date.parse(completionTime) : now;
  return duration(end - Date.parse(startTime));
}

/** Columns of each kind between NAME and AGE; a kind that names its own NAME column gets exactly these. */
export const COLUMNS: Record<string, Column[]> = {
  Namespace: [text('Status', o => o.status?.phase)],
  Node: [
    text('Status', nodeStatus),
    text('Roles', nodeRoles),
    AGE,
    text('Version', o => o.status?.nodeInfo?.kubeletVersion),
    text('Internal-IP', nodeAddress('InternalIP'), true),
    text('External-IP', nodeAddress('ExternalIP'), true),
    text('OS-Image', o => o.status?.nodeInfo?.osImage, true),
    text('Kernel-Version', o => o.status?.nodeInfo?.kernelVersion, true),
    text(
      'Container-Runtime',
      o => o.status?.nodeInfo?.containerRuntimeVersion,
      true,
    ),
  ],
  Pod: [
    text('Ready', o => {
      const all = o.status?.containerStatuses ?? [];
      const ready = all.filter((c: Json) => c.ready).length;
      return `${ready}/${o.spec?.containers?.length ?? 0}`;
    }),
    text('Status', podStatus),
    text('Restarts', o =>
      String(
        (o.status?.containerStatuses ?? []).reduce(
          (n: number, c: Json) => n + (c.restartCount ?? 0),
          0,
        ),
      ),
    ),
    text('IP', o => o.status?.podIP ?? '<none>', true),
    text('Node', o => o.spec?.nodeName ?? '<none>', true),
    text('Nominated Node', () => '<none>', true),
    text('Readiness Gates', () => '<none>', true),
  ],
  Service: [
    text('Type', o => o.spec.type),
    text('Cluster-IP', o => o.spec.clusterIP ?? '<none>'),
    text('External-IP', externalIp),
    text('Port(s)', o =>
      joined(
        o.spec.ports?.map((p: Json) =>
          p.nodePort
            ? `${p.port}:${p.nodePort}/${p.protocol}`
            : `${p.port}/${p.protocol}`,
        ),
      ),
    ),
    text(
      'Selector',
      o => selectorText({ matchLabels: o.spec.selector }) || '<none>',
      true,
    ),
  ],
  Endpoints: [text('Endpoints', endpointsText)],
  EndpointSlice: [
    text('AddressType', o => o.addressType),
    text('Ports', o => joined(o.ports?.map((p: Json) => p.port))),
    text('Endpoints', o =>
      joined(o.endpoints?.flatMap((e: Json) => e.addresses)),
    ),
  ],
  ConfigMap: [
    count(
      'Data',
      o =>
        Object.keys(o.data ?? {}).length +
        Object.keys(o.binaryData ?? {}).length,
    ),
  ],
  Secret: [
    text('Type', o => o.type),
    count('Data', o => Object.keys(o.data ?? {}).length),
  ],
  ServiceAccount: [count('Secrets', o => o.secrets?.length ?? 0)],
  Event: [
    text('Last Seen', (o, now) =>
      age(o.lastTimestamp ?? o.metadata.creationTimestamp, now),
    ),
    text('Type', o => o.type),
    text('Reason', o => o.reason),
    text(
      'Object',
      o =>
        `${o.involvedObject?.kind?.toLocaleLowerCase('en-US')}/${
          o.involvedObject?.name
        }`,
    ),
    text('Message', o => o.message),
    { name: 'Name', format: 'name', wide: true, cell: o => o.metadata.name },
  ],
  Deployment: [
    text('Ready', o => `${o.status?.readyReplicas ?? 0}/${o.spec.replicas}`),
    count('Up-to-date', o => o.status?.updatedReplicas ?? 0),
    count('Available', o => o.status?.availableReplicas ?? 0),
    containers,
    images,
    selector,
  ],
  ReplicaSet: [
    count('Desired', o => o.spec.replicas),
    count('Current', o => o.status?.replicas ?? 0),
    count('Ready', o => o.status?.readyReplicas ?? 0),
    containers,
    images,
    selector,
  ],
  Job: [
    text('Status', jobStatus),
    text(
      'Completions',
      o => `${o.status?.succeeded ?? 0}/${o.spec.completions}`,
    ),
    text('Duration', jobDuration),
    containers,
    images,
    selector,
  ],
  Lease: [text('Holder', o => o.spec?.holderIdentity)],
  DestinationRule: [text('Host', o => o.spec?.host)],
  VirtualService: [
    text('Gateways', o =>
      o.spec?.gateways ? JSON.stringify(o.spec.gateways) : '',
    ),
    text('Hosts', o => (o.spec?.hosts ? JSON.stringify(o.spec.hosts) : '')),
  ],
  ServiceEntry: [
    text('Hosts', o => JSON.stringify(o.spec?.hosts ?? [])),
    text('Location', o => o.spec?.location),
    text('Resolution', o => o.spec?.resolution),
  ],
  WorkloadEntry: [text('Address', o => o.spec?.address)],
  PeerAuthentication: [text('Mode', o => o.spec?.mtls?.mode)],
  AuthorizationPolicy: [text('Action', o => o.spec?.action)],
};
