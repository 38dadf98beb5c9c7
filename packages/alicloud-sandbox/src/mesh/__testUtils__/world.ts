import type {
  CloudView,
  KubeObject,
  MeshLocalitySetting,
  MeshView,
  Reachability,
  SandboxClock,
} from '../../contract';
import { createControl } from '../../control';
import { silentLog } from '../../log';
import { createPersistence } from '../../state';
import { createMeshPlane, type MeshPlaneOptions } from '../index';
import { GVR } from '../gvr';
import { STATUS } from '../injection/template';
import { FakeFleet } from './fakeKube';

export const HANGZHOU = 'c-hangzhou';
export const SHANGHAI = 'c-shanghai';
export const MESH = 'c-mesh';

const PLACES: Record<string, { region: string; zone: string; net: number }> = {
  [HANGZHOU]: { region: 'cn-hangzhou', zone: 'cn-hangzhou-h', net: 0 },
  [SHANGHAI]: { region: 'cn-shanghai', zone: 'cn-shanghai-b', net: 1 },
};

/** Simulated time that is over at once. */
const clock: SandboxClock = {
  timeScale: 1000,
  now: () => Date.now(),
  elapsed: () => performance.now(),
  stepped: () => 0,
  after(_, task) {
    const timer = setImmediate(task);
    return () => clearImmediate(timer);
  },
  sleep: () => new Promise(resolve => setImmediate(resolve)),
  stop: () => undefined,
};

/** A mesh over two clusters with pods, services and rules in memory, carried by the real mesh floor. */
export class World {
  readonly fleet = new FakeFleet();
  readonly control = createControl();
  readonly locality: MeshLocalitySetting = { enabled: true };
  mesh: MeshView = {
    id: MESH,
    name: 'mesh',
    region: 'cn-hangzhou',
    version: 'v1.22.6.66-g1a2b3c4d-aliyun',
    vpcId: 'vpc-mesh',
    locality: this.locality,
    members: [HANGZHOU, SHANGHAI],
    injectByDefault: false,
  };
  /** How lost regions are lost. */
  outage: 'hanging' | 'gone' = 'hanging';
  /** What the network answers between the clusters. */
  reachability: Reachability = { ok: true, roundTripMs: 0 };
  /** Whether pods made from now on have a sidecar. */
  sidecars = true;
  private readonly listeners = new Set<() => void>();
  private readonly plane;
  private serial = 0;

  constructor(options: Partial<MeshPlaneOptions> = {}) {
    const cloud: CloudView = {
      meshes: () => [this.mesh],
      outage: () => this.outage,
      mesh: id => (id === MESH ? this.mesh : undefined),
      clusterNetwork: id =>
        PLACES[id] && {
          vpcId: `vpc-${PLACES[id].region}`,
          region: PLACES[id].region,
          securityGroupId: `sg-${PLACES[id].region}`,
        },
      reach: () => this.reachability,
      onChange: listener => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    };
    this.fleet.add({ id: MESH, kind: 'asm', region: 'cn-hangzhou' });
    for (const [id, { region, zone, net }] of Object.entries(PLACES)) {
      const { storage } = this.fleet.add({ id, kind: 'ack', region });
      storage.create(GVR.namespaces, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'default', labels: { 'istio-injection': 'enabled' } },
      });
      storage.create(GVR.nodes, {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name: `node-${region}`,
          labels: {
            'topology.kubernetes.io/region': region,
            'topology.kubernetes.io/zone': zone,
          },
        },
        status: {
          addresses: [{ type: 'InternalIP', address: `20.${net}.0.5` }],
        },
      });
    }
    this.plane = createMeshPlane({
      clock,
      persistence: createPersistence({ log: silentLog }),
      log: silentLog,
      control: this.control,
      cloud,
      kube: this.fleet,
      gatewayPort: 0,
      seed: 7,
      ...options,
    });
  }

  get podRuntime() {
    return this.plane.podRuntime;
  }

  get prometheus() {
    return this.plane.prometheus;
  }

  stop(): Promise<void> {
    return this.plane.stop();
  }

  /** Replaces the mesh-wide locality setting, or other facts of the mesh. */
  setMesh(change: Partial<MeshView>): void {
    this.mesh = { ...this.mesh, ...change };
    this.changed();
  }

  setReachability(answer: Reachability): void {
    this.reachability = answer;
    this.changed();
  }

  private changed(): void {
    this.listeners.forEach(listener => listener());
  }

  /** Creates or replaces an object of the mesh's API server. */
  applyToMesh(
    gvr: (typeof GVR)[keyof typeof GVR],
    name: string,
    spec: unknown,
    namespace = 'default',
  ): void {
    const { storage } = this.fleet.get(MESH)!;
    if (storage.get(gvr, namespace, name)) {
      storage.update(gvr, namespace, name, o => {
        o.spec = structuredClone(spec);
      });
    } else {
      storage.create(gvr, {
        apiVersion: `${gvr.group}/${gvr.version}`,
        kind: gvr.resource,
        metadata: { name, namespace },
        spec: structuredClone(spec),
      });
    }
  }

  /** Sets the number of ready pods of one app version in a cluster, and the Service and its slice. */
  scale(
    clusterId: string,
    app: string,
    version: string,
    replicas: number,
    env: Record<string, string> = {},
  ): void {
    const { storage } = this.fleet.get(clusterId)!;
    const labels = { app, version };
    storage
      .list(GVR.pods, 'default')
      .filter(
        p =>
          p.metadata.labels?.app === app &&
          p.metadata.labels?.version === version,
      )
      .forEach(p => storage.delete(GVR.pods, 'default', p.metadata.name));
    for (let i = 0; i < replicas; i++) {
      storage.create(
        GVR.pods,
        this.pod(
          clusterId,
          `${app}-${version}-${++this.serial}`,
          'default',
          labels,
          {
            name: app,
            image: `docker.io/istio/examples-bookinfo-${app}-${version}:1.20.2`,
            env: Object.entries(env).map(([name, value]) => ({ name, value })),
          },
        ),
      );
    }
    this.service(clusterId, 'default', app, { app }, [
      { name: 'http', port: 9080, targetPort: 9080 },
    ]);
  }

  /** A pod that is running and ready on the cluster's node. */
  pod(
    clusterId: string,
    name: string,
    namespace: string,
    labels: Record<string, string>,
    container: Record<string, unknown>,
  ): KubeObject {
    const { region, net } = PLACES[clusterId];
    this.serial++;
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace,
        labels,
        ...(this.sidecars && labels['sidecar.istio.io/inject'] !== 'false'
          ? { annotations: { [STATUS]: '{}' } }
          : {}),
      },
      spec: { nodeName: `node-${region}`, containers: [container] },
      status: {
        phase: 'Running',
        podIP: `10.${net}.0.${this.serial}`,
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    };
  }

  /** Creates a Service if missing, and writes its EndpointSlice from the pods it selects. */
  service(
    clusterId: string,
    namespace: string,
    name: string,
    selector: Record<string, string>,
    ports: { name: string; port: number; targetPort: number }[],
  ): void {
    const { storage } = this.fleet.get(clusterId)!;
    if (!storage.get(GVR.services, namespace, name)) {
      storage.create(GVR.services, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace },
        spec: { selector, ports, clusterIP: `172.16.0.${++this.serial}` },
      });
    }
    const endpoints = storage
      .list(GVR.pods, namespace)
      .filter(p =>
        Object.entries(selector).every(
          ([k, v]) => p.metadata.labels?.[k] === v,
        ),
      )
      .map(p => ({
        addresses: [p.status.podIP],
        conditions: { ready: true },
        nodeName: p.spec.nodeName,
        targetRef: { kind: 'Pod', name: p.metadata.name },
      }));
    storage.delete(GVR.endpointSlices, namespace, `${name}-1`);
    storage.create(GVR.endpointSlices, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${name}-1`,
        namespace,
        labels: { 'kubernetes.io/service-name': name },
      },
      ports: ports.map(p => ({ name: p.name, port: p.targetPort })),
      endpoints,
    });
  }

  /** Plays Deployment and EndpointSlice controllers for the gateway that the mesh floor deployed. */
  async runGatewayPods(name: string, clusterId: string): Promise<void> {
    const { storage } = this.fleet.get(clusterId)!;
    const deployment = await waitFor(() =>
      storage.get(GVR.deployments, 'istio-system', `istio-${name}`),
    );
    const template = deployment.spec.template;
    for (let i = 0; i < deployment.spec.replicas; i++) {
      storage.create(
        GVR.pods,
        this.pod(
          clusterId,
          `istio-${name}-${++this.serial}`,
          'istio-system',
          template.metadata.labels,
          template.spec.containers[0],
        ),
      );
    }
    const service = storage.get(GVR.services, 'istio-system', `istio-${name}`)!;
    this.service(
      clusterId,
      'istio-system',
      `istio-${name}`,
      service.spec.selector,
      service.spec.ports,
    );
  }

  /** Calls the control API. */
  async ask(method: string, path: string, body?: unknown): Promise<any> {
    const [plain, query] = path.split('?');
    const answer = await this.control.handle(
      method,
      plain,
      new URLSearchParams(query),
      body === undefined ? '' : JSON.stringify(body),
    );
    return answer.status < 400
      ? answer.body
      : Promise.reject(
          Object.assign(new Error(JSON.stringify(answer.body)), answer),
        );
  }

  /** `http://host:port` of a cluster's gateway, once it listens. */
  async gatewayUrl(clusterId: string): Promise<string> {
    const found = await waitFor(async () => {
      const { loadBalancers } = await this.ask('GET', '/loadbalancers');
      return loadBalancers.find(
        (l: any) => l.clusterId === clusterId && l.servicePort === 80,
      );
    });
    return `http://${found.host}:${found.port}`;
  }
}

/** Polls until `check` gives something. */
export async function waitFor<T>(
  check: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  for (;;) {
    const value = await check();
    if (value) {
      return value;
    }
    await new Promise(resolve => setTimeout(resolve, 2));
  }
}
