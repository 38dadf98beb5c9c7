import type { KubeCluster } from '@mesh-dr/alicloud-sandbox';
import { ENTITY_LABEL, NAMESPACE, SERVICE, type World } from './protocol';

const core = (resource: string) => ({ group: '', version: 'v1', resource });
const PODS = core('pods');
const DEPLOYMENTS = { group: 'apps', version: 'v1', resource: 'deployments' };
const ZONES = ['h', 'i', 'j'];
const POLL_MS = 2_000;

/** The service that the first deployments belong to; the rest are spread over the others. */
export const serviceName = (n: number) => (n === 0 ? SERVICE : `app-${n}`);

const TEMPLATE_SPEC = {
  containers: [
    {
      name: 'app',
      image: 'registry.example.com/shop/app:1.4.2',
      ports: [{ name: 'http', containerPort: 8080 }],
      env: [
        { name: 'LOG_LEVEL', value: 'info' },
        {
          name: 'POD_IP',
          valueFrom: { fieldRef: { fieldPath: 'status.podIP' } },
        },
      ],
      resources: {
        requests: { cpu: '10m', memory: '16Mi' },
        limits: { cpu: '1', memory: '512Mi' },
      },
      readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
      livenessProbe: { httpGet: { path: '/healthz', port: 8080 } },
    },
  ],
};

/** The objects of the clusters, and changes of their pods. */
export class Filling {
  changes = 0;
  private pods: { cluster: KubeCluster; name: string }[] = [];
  /** By cluster and service, the pod that marks are put on. */
  private readonly marked = new Map<string, string>();

  constructor(
    private readonly world: World,
    private readonly clusters: KubeCluster[],
  ) {}

  /** Makes all objects and waits until every pod is ready. */
  async fill(): Promise<void> {
    for (const [n, cluster] of this.clusters.entries()) {
      this.fillCluster(cluster, n);
      // The controllers of one cluster go on while the next is filled.
      await new Promise(resolve => setImmediate(resolve));
    }
    await Promise.all(this.clusters.map(cluster => this.settle(cluster)));
    for (const cluster of this.clusters) {
      for (const pod of cluster.storage.list(PODS, NAMESPACE)) {
        const { name, labels } = pod.metadata;
        this.marked.set(`${cluster.spec.id}/${labels!.app}`, name);
        if (labels!.app !== SERVICE) this.pods.push({ cluster, name });
      }
    }
  }

  /** Gives one pod of a service another version. */
  mark(version: string, service = SERVICE, at = 0): void {
    const cluster = this.clusters[at];
    const pod = this.marked.get(`${cluster.spec.id}/${service}`)!;
    cluster.storage.update(PODS, NAMESPACE, pod, object => {
      object.metadata.labels!.version = version;
    });
  }

  /** Changes one pod, round and round over all clusters. */
  change(): void {
    this.changes += 1;
    // A stride that is prime to their number visits all of them.
    const { cluster, name } =
      this.pods[(this.changes * 7919) % this.pods.length];
    cluster.storage.update(PODS, NAMESPACE, name, object => {
      object.metadata.labels!.version = `v${this.changes}`;
    });
  }

  private fillCluster(cluster: KubeCluster, n: number): void {
    const { region } = cluster.spec;
    for (let node = 0; node < this.world.nodes; node++) {
      const ip = `20.${n}.${Math.floor(node / 200)}.${10 + (node % 200)}`;
      cluster.addNode({
        name: `${region}.${ip}`,
        zone: `${region}-${ZONES[node % ZONES.length]}`,
        instanceId: `i-${n}-${node}`,
        instanceType: 'ecs.g7.4xlarge',
        ip,
        cpu: '64',
        memory: '256Gi',
      });
    }
    const { storage } = cluster;
    storage.create(core('namespaces'), {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: NAMESPACE,
        labels: { 'istio-injection': 'enabled' },
      },
    });
    for (let s = 0; s < this.world.services; s++) {
      storage.create(core('services'), this.service(s));
    }
    for (let d = 0; d < this.world.deployments; d++) {
      storage.create(DEPLOYMENTS, this.deployment(d));
    }
  }

  private labels(service: number): Record<string, string> {
    return { app: serviceName(service), [ENTITY_LABEL]: serviceName(service) };
  }

  private service(n: number) {
    const owner = this.world.oneEntity ? 0 : n;
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: serviceName(n),
        namespace: NAMESPACE,
        labels: this.labels(owner),
      },
      spec: {
        type: 'ClusterIP',
        // The first service's page shows every pod of the entity; beside it a pod has a service of its own.
        selector: {
          app: serviceName(owner),
          ...(owner !== n && { unit: String(n) }),
        },
        ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
      },
    };
  }

  private deployment(n: number) {
    const { services, replicas, oneEntity } = this.world;
    const owner = oneEntity ? 0 : n % services;
    const labels = { ...this.labels(owner), version: `v${n % 3}` };
    const selector = { app: serviceName(owner), unit: String(n) };
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `unit-${n}`, namespace: NAMESPACE, labels },
      spec: {
        replicas,
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: { ...labels, ...selector } },
          spec: TEMPLATE_SPEC,
        },
      },
    };
  }

  private async settle({ storage, spec }: KubeCluster): Promise<void> {
    const wanted = this.world.deployments * this.world.replicas;
    for (;;) {
      const available = storage
        .list(DEPLOYMENTS, NAMESPACE)
        .reduce((sum, d) => sum + (d.status?.availableReplicas ?? 0), 0);
      if (available === wanted) return;
      if (process.env.MESH_DR_BENCH_TRACE) {
        console.error(`${spec.name}: ${available} of ${wanted} pods`);
      }
      await new Promise(resolve => setTimeout(resolve, POLL_MS));
    }
  }
}
