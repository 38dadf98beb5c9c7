import type {
  CloudView,
  KubeCluster,
  KubeFleet,
  KubeObject,
  MeshView,
  SandboxLog,
} from '../contract';
import { GVR, sameResource } from './gvr';
import { proxyImage } from './injection/template';
import type { Registry } from './registry';

const NAMESPACE = 'istio-system';
/** Labels ASM puts on what it deploys; they tell its gateways from others. */
const OWNED = { provider: 'asm', 'asm-system': 'true' };

/**
 * ASM's gateway controller: each IstioGateway in `istio-system` of a mesh's API server becomes a Deployment and a Service
 * `istio-<name>` in the member clusters it names (all running members if it names none), and goes when it goes.
 */
export class IstioGateways {
  private readonly subscriptions = new Map<string, () => void>();
  private readonly unsubscribe: () => void;
  private scheduled = false;
  private stopped = false;

  constructor(
    private readonly cloud: CloudView,
    private readonly kube: KubeFleet,
    private readonly registry: Registry,
    private readonly log: SandboxLog,
  ) {
    kube.onOpen(cluster => this.watch(cluster));
    kube.onDestroy(id => {
      this.subscriptions.get(id)?.();
      this.subscriptions.delete(id);
      this.schedule();
    });
    this.unsubscribe = cloud.onChange(() => this.schedule());
  }

  stop(): void {
    this.stopped = true;
    this.unsubscribe();
    this.subscriptions.forEach(f => f());
  }

  /** Reconciles soon, once for any number of changes. */
  schedule(): void {
    if (!this.scheduled && !this.stopped) {
      this.scheduled = true;
      setImmediate(() => {
        this.scheduled = false;
        if (!this.stopped) {
          this.reconcile();
        }
      });
    }
  }

  private watch(cluster: KubeCluster): void {
    const { id, kind } = cluster.spec;
    this.subscriptions.get(id)?.();
    this.subscriptions.set(
      id,
      cluster.storage.subscribe(event => {
        const concerns =
          kind === 'asm'
            ? sameResource(event.gvr, GVR.istioGateways)
            : event.type === 'DELETED' &&
              event.object.metadata.namespace === NAMESPACE &&
              (sameResource(event.gvr, GVR.services) ||
                sameResource(event.gvr, GVR.deployments));
        if (concerns) {
          this.schedule();
        }
      }),
    );
    this.schedule();
  }

  private reconcile(): void {
    const wanted = new Map<string, Set<string>>();
    for (const mesh of this.cloud.meshes()) {
      const control = this.kube.get(mesh.id);
      if (!control || this.registry.isRegionLost(mesh.region)) {
        // Nobody who could change anything: what is there stays.
        mesh.members.forEach(id => wanted.set(id, new Set(['*'])));
        continue;
      }
      for (const gateway of control.storage.list(
        GVR.istioGateways,
        NAMESPACE,
      )) {
        const named: string[] = gateway.spec?.clusterIds ?? [];
        const targets = named.length > 0 ? named : mesh.members;
        for (const id of targets.filter(t => mesh.members.includes(t))) {
          const names = wanted.get(id) ?? new Set();
          wanted.set(id, names.add(`istio-${gateway.metadata.name}`));
          this.attempt(id, cluster => deploy(cluster, gateway, mesh));
        }
      }
    }
    for (const cluster of this.kube.list()) {
      const keep = wanted.get(cluster.spec.id) ?? new Set();
      if (cluster.spec.kind === 'ack' && !keep.has('*')) {
        this.attempt(cluster.spec.id, c => removeOthers(c, keep));
      }
    }
  }

  private attempt(id: string, work: (cluster: KubeCluster) => void): void {
    const cluster = this.kube.get(id);
    if (!cluster || this.registry.isRegionLost(cluster.spec.region)) {
      return;
    }
    try {
      work(cluster);
    } catch (error) {
      this.log.warn('The gateway controller could not change a cluster', {
        clusterId: id,
        error: (error as Error).message,
      });
    }
  }
}

function deploy(
  cluster: KubeCluster,
  gateway: KubeObject,
  mesh: MeshView,
): void {
  const { storage } = cluster;
  const { name } = gateway.metadata;
  const spec = gateway.spec ?? {};
  const selector = { app: `istio-${name}`, istio: name };
  const metadata = {
    name: `istio-${name}`,
    namespace: NAMESPACE,
    labels: { ...selector, ...OWNED },
  };
  if (!storage.get(GVR.namespaces, undefined, NAMESPACE)) {
    storage.create(GVR.namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE },
    });
  }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: deploymentSpec(gateway, mesh, cluster.spec.region, selector),
  };
  if (!storage.get(GVR.deployments, NAMESPACE, metadata.name)) {
    storage.create(GVR.deployments, deployment);
  } else {
    storage.update(GVR.deployments, NAMESPACE, metadata.name, current => {
      const template = current.spec.template;
      current.spec.replicas = deployment.spec.replicas;
      template.metadata.labels = deployment.spec.template.metadata.labels;
      Object.assign(
        template.spec.containers[0],
        deployment.spec.template.spec.containers[0],
        { ports: template.spec.containers[0].ports },
      );
    });
  }
  const ports = portsOf(spec);
  const serviceSpec = {
    type: spec.serviceType ?? 'LoadBalancer',
    selector,
    ...(spec.externalTrafficPolicy &&
    (spec.serviceType ?? 'LoadBalancer') !== 'ClusterIP'
      ? { externalTrafficPolicy: spec.externalTrafficPolicy }
      : {}),
  };
  if (!storage.get(GVR.services, NAMESPACE, metadata.name)) {
    storage.create(GVR.services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, annotations: { ...spec.serviceAnnotations } },
      spec: { ...serviceSpec, ports },
    });
  } else {
    storage.update(GVR.services, NAMESPACE, metadata.name, current => {
      Object.assign(current.spec, serviceSpec);
      current.spec.ports = ports.map(port => ({
        ...current.spec.ports?.find((p: any) => p.port === port.port),
        ...port,
      }));
    });
  }
}

function portsOf(spec: any): {
  name: string;
  port: number;
  protocol: string;
  targetPort: number;
}[] {
  const declared: any[] = spec.ports?.length
    ? spec.ports
    : [
        { name: 'http', port: 80 },
        { name: 'https', port: 443 },
      ];
  return declared.map(p => ({
    name: p.name ?? `port-${p.port}`,
    port: Number(p.port),
    // The CR may say HTTP; a Service may not.
    protocol: p.protocol === 'UDP' ? 'UDP' : 'TCP',
    targetPort: Number(p.targetPort ?? p.port),
  }));
}

function deploymentSpec(
  gateway: KubeObject,
  mesh: MeshView,
  region: string,
  selector: Record<string, string>,
) {
  const spec = gateway.spec ?? {};
  const version = mesh.gatewayVersions?.[gateway.metadata.name] ?? mesh.version;
  return {
    replicas: Number(spec.replicaCount ?? 1),
    selector: { matchLabels: selector },
    strategy: {
      type: 'RollingUpdate',
      rollingUpdate: {
        maxSurge: spec.rollingMaxSurge ?? '100%',
        maxUnavailable: spec.rollingMaxUnavailable ?? '25%',
      },
    },
    template: {
      metadata: {
        labels: {
          ...spec.podLabels,
          ...selector,
          'sidecar.istio.io/inject': 'false',
        },
        annotations: { ...spec.podAnnotations },
      },
      spec: {
        dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
        containers: [
          {
            name: 'istio-proxy',
            image: proxyImage(version, region),
            args: [
              'proxy',
              'router',
              '--domain',
              '$(POD_NAMESPACE).svc.cluster.local',
            ],
            ports: portsOf(spec).map(p => ({
              name: p.name,
              containerPort: p.targetPort,
              protocol: p.protocol,
            })),
            resources: spec.resources ?? {
              requests: { cpu: '200m', memory: '256Mi' },
              limits: { cpu: '2', memory: '2G' },
            },
          },
        ],
      },
    },
  };
}

function removeOthers(cluster: KubeCluster, keep: Set<string>): void {
  for (const kind of [GVR.services, GVR.deployments]) {
    for (const object of cluster.storage.list(kind, NAMESPACE)) {
      const { labels = {}, name } = object.metadata;
      const ours =
        Object.entries(OWNED).every(([k, v]) => labels[k] === v) &&
        name === `istio-${labels.istio}`;
      if (ours && !keep.has(name)) {
        cluster.storage.delete(kind, NAMESPACE, name);
      }
    }
  }
}
