import type {
  KubeCluster,
  KubeFleet,
  KubeObject,
  Persistence,
  SandboxClock,
  SandboxLog,
} from '../contract';
import { GVR, sameResource } from './gvr';
import { Listener } from './listener';
import type { Network } from './network';
import type { Registry } from './registry';

/** How long the cloud takes to make a load balancer, in simulated milliseconds. */
const PROVISIONING_MS = 5000;

/** Where one port of a load balancer can really be reached. */
export interface LoadBalancerAddress {
  clusterId: string;
  region: string;
  namespace: string;
  service: string;
  /** As in `status.loadBalancer.ingress[0].ip`. */
  ip: string;
  servicePort: number;
  host: string;
  port: number;
}

interface Balancer {
  cancel?: () => void;
  listeners: Map<number, Listener>;
}

/** From 80 to 443. */
const HTTPS_OFFSET = 363;

/**
 * The port a client must use for each service port: 80 moves to `gatewayPort`, 443 as far behind it as it is behind 80;
 * other privileged ports are not served.
 */
function realPort(
  servicePort: number,
  gatewayPort: number,
): number | undefined {
  if (servicePort === 80) {
    return gatewayPort;
  }
  if (servicePort === 443) {
    return gatewayPort && gatewayPort + HTTPS_OFFSET;
  }
  return servicePort >= 1024 ? servicePort : undefined;
}

/**
 * Cloud controller manager for Services of type LoadBalancer, in all workload clusters: an address from `lbCidr` in the
 * status, and real HTTP listeners on it. Addresses belong to (cluster, namespace, service) and survive a restart.
 */
export class LoadBalancers {
  private readonly balancers = new Map<string, Balancer>();
  private readonly subscriptions = new Map<string, () => void>();
  private allocations: Record<string, number> = {};
  private next = 1;
  private stopped = false;
  private readonly closing = new Set<Promise<void>>();

  constructor(
    private readonly options: {
      clock: SandboxClock;
      persistence: Persistence;
      log: SandboxLog;
      kube: KubeFleet;
      registry: Registry;
      network: Network;
      gatewayPort: number;
      lbCidr: string;
    },
  ) {
    options.persistence.register({
      snapshotKey: 'mesh.loadBalancers',
      dump: () => ({ next: this.next, allocations: this.allocations }),
      load: (state: any) => {
        this.next = state?.next ?? 1;
        this.allocations = state?.allocations ?? {};
      },
    });
    options.kube.onOpen(cluster => this.watch(cluster));
    options.kube.onDestroy(id => this.forget(id));
  }

  /** Every port that really listens. */
  addresses(): LoadBalancerAddress[] {
    return [...this.balancers].flatMap(([key, balancer]) => {
      const [clusterId, namespace, service] = key.split('/');
      return [...balancer.listeners].flatMap(([servicePort, listener]) =>
        listener.address
          ? {
              clusterId,
              region: this.options.kube.get(clusterId)?.spec.region ?? '',
              namespace,
              service,
              ip: this.ip(this.allocations[key]),
              servicePort,
              ...listener.address,
            }
          : [],
      );
    });
  }

  /** Ends the connections that hang because of a lost region. */
  regionBack(region: string): void {
    for (const [key, balancer] of this.balancers) {
      const cluster = this.options.kube.get(key.split('/')[0]);
      if (cluster?.spec.region === region) {
        balancer.listeners.forEach(l => l.dropHeld());
        this.reconcileAll(cluster);
      }
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.subscriptions.forEach(unsubscribe => unsubscribe());
    for (const key of [...this.balancers.keys()]) {
      this.close(key);
    }
    await Promise.all(this.closing);
  }

  private watch(cluster: KubeCluster): void {
    if (cluster.spec.kind !== 'ack') {
      return;
    }
    const { id } = cluster.spec;
    this.subscriptions.get(id)?.();
    this.subscriptions.set(
      id,
      cluster.storage.subscribe(event => {
        if (sameResource(event.gvr, GVR.services)) {
          this.reconcile(cluster, event.object, event.type === 'DELETED');
        }
      }),
    );
    this.reconcileAll(cluster);
  }

  private reconcileAll(cluster: KubeCluster): void {
    cluster.storage
      .list(GVR.services)
      .forEach(service => this.reconcile(cluster, service, false));
  }

  private forget(clusterId: string): void {
    this.subscriptions.get(clusterId)?.();
    this.subscriptions.delete(clusterId);
    for (const key of Object.keys(this.allocations)) {
      if (key.startsWith(`${clusterId}/`)) {
        this.release(key);
      }
    }
  }

  private reconcile(
    cluster: KubeCluster,
    service: KubeObject,
    deleted: boolean,
  ): void {
    if (this.stopped) {
      return;
    }
    const { namespace, name } = service.metadata;
    const key = `${cluster.spec.id}/${namespace}/${name}`;
    if (deleted || service.spec?.type !== 'LoadBalancer') {
      this.release(key);
      return;
    }
    if (this.allocations[key] === undefined) {
      this.allocations[key] = this.next++;
      this.options.persistence.changed();
    }
    const balancer: Balancer = this.balancers.get(key) ?? {
      listeners: new Map(),
    };
    this.balancers.set(key, balancer);
    const published = service.status?.loadBalancer?.ingress?.[0]?.ip;
    if (published === this.ip(this.allocations[key])) {
      this.listen(cluster, key, balancer, service);
    } else if (!balancer.cancel) {
      balancer.cancel = this.options.clock.after(PROVISIONING_MS, () => {
        balancer.cancel = undefined;
        this.publish(cluster, namespace!, name, key);
      });
    }
  }

  private publish(
    cluster: KubeCluster,
    namespace: string,
    name: string,
    key: string,
  ): void {
    // The controller runs in the region: it stands still while the region is lost.
    if (
      this.stopped ||
      this.options.registry.isRegionLost(cluster.spec.region)
    ) {
      return;
    }
    const ip = this.ip(this.allocations[key]);
    // The change comes back through the subscription, which opens the listeners.
    cluster.storage.update(GVR.services, namespace, name, service => {
      if (service.spec?.type === 'LoadBalancer') {
        service.status = {
          ...service.status,
          loadBalancer: { ingress: [{ ip }] },
        };
      }
    });
  }

  private listen(
    cluster: KubeCluster,
    key: string,
    balancer: Balancer,
    service: KubeObject,
  ): void {
    const { registry, network, log, gatewayPort } = this.options;
    const wanted = new Map<number, number>();
    for (const { port } of service.spec?.ports ?? []) {
      const real = realPort(Number(port), gatewayPort);
      if (real !== undefined) {
        wanted.set(Number(port), real);
      }
    }
    for (const [port, listener] of balancer.listeners) {
      if (!wanted.has(port)) {
        balancer.listeners.delete(port);
        this.track(listener.close());
      }
    }
    for (const [port, real] of wanted) {
      if (!balancer.listeners.has(port)) {
        const listener = new Listener(registry, network, log, {
          clusterId: cluster.spec.id,
          region: cluster.spec.region,
          namespace: service.metadata.namespace!,
          service: service.metadata.name,
          servicePort: port,
        });
        balancer.listeners.set(port, listener);
        this.track(
          listener.listen(this.ip(this.allocations[key]), real, {
            host: '127.0.0.1',
            port: real === 0 ? 0 : real + this.allocations[key],
          }),
        );
      }
    }
  }

  private release(key: string): void {
    this.close(key);
    if (this.allocations[key] !== undefined) {
      delete this.allocations[key];
      this.options.persistence.changed();
    }
  }

  private close(key: string): void {
    const balancer = this.balancers.get(key);
    balancer?.cancel?.();
    balancer?.listeners.forEach(listener => this.track(listener.close()));
    this.balancers.delete(key);
  }

  private track(work: Promise<void>): void {
    const tracked: Promise<void> = work.finally(() =>
      this.closing.delete(tracked),
    );
    this.closing.add(tracked);
  }

  private ip(index: number): string {
    const [base] = this.options.lbCidr.split('/');
    const number =
      base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) +
      index;
    return [24, 16, 8, 0]
      .map(shift => Math.floor(number / 2 ** shift) % 256)
      .join('.');
  }
}
