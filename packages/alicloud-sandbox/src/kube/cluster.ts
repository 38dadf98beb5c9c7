import type {
  KubeCluster,
  KubeClusterSpec,
  KubeNodeSpec,
  KubeObject,
  PodInjector,
  PodRuntime,
  SandboxClock,
  SandboxLog,
} from '../contract';
import type { KubeDisturbance } from '../faults/kubernetes';
import type { SeededSource } from '../random';
import { createAdmission } from './admission';
import {
  createClientCertificate,
  type ClusterCertificates,
  type FleetKeys,
} from './certificates';
import { createControllers } from './controllers';
import {
  ControllerManager,
  type ControllerContext,
} from './controllers/manager';
import { recordEvent } from './events';
import type { ApiContext } from './http/request';
import { ApiServer } from './http/server';
import { KindTable, NAMESPACES, NODES, PODS, SERVICES } from './kinds';
import { kubeconfigYaml } from './kubeconfig';
import { timestamp } from './json';
import { PodLogs } from './logs';
import { allocatePodCidr, nodeObject } from './nodes';
import type { WorkloadFaults } from './workloadFaults';
import { Names } from './names';
import type { Keep } from './records';
import { ClusterStorage } from './storage';
import type { WorkLoop } from './workLoop';

/** What survives a restart of one cluster besides its records. */
export interface ClusterIdentity {
  spec: KubeClusterSpec;
  port: number;
  certificates: ClusterCertificates;
  /** How often all kubeconfigs were revoked. */
  credentialGeneration?: number;
}

interface Dependencies {
  clock: SandboxClock;
  log: SandboxLog;
  keys: FleetKeys;
  loop: WorkLoop;
  faults: WorkloadFaults;
  /** Disturbs requests to the API server. */
  disturbance?: KubeDisturbance;
  /** Tells that the identity changed. */
  changed(): void;
  keep: Keep;
  /** Where uids and generated names come from. */
  names: SeededSource;
  runtime(): PodRuntime | undefined;
  injector(): PodInjector | undefined;
}

/** One cluster: its objects, its API server, its controllers. */
export class SimulatedCluster implements KubeCluster {
  readonly spec: KubeClusterSpec;
  readonly storage: ClusterStorage;
  readonly logs: PodLogs;
  port = 0;
  private readonly deps: Dependencies;
  private readonly certificates: ClusterCertificates;
  private readonly kinds: KindTable;
  private readonly server: ApiServer;
  private manager?: ControllerManager;
  private credentialGeneration: number;
  private asleep = false;
  private readonly wakers: (() => void)[] = [];
  private readonly timers = new Set<() => void>();
  private stopped = false;

  constructor(
    spec: KubeClusterSpec,
    identity: Omit<ClusterIdentity, 'spec' | 'port'>,
    deps: Dependencies,
    saved: ReadonlyMap<string, unknown>,
  ) {
    this.spec = spec;
    this.deps = deps;
    this.certificates = identity.certificates;
    this.credentialGeneration = identity.credentialGeneration ?? 0;
    this.kinds = new KindTable(spec.kind);
    const now = () => deps.clock.now();
    const keep: Keep = records => {
      // Whoever still writes to a destroyed cluster must not bring its records back.
      if (!this.stopped) deps.keep(records);
    };
    this.storage = new ClusterStorage({
      kinds: this.kinds,
      now,
      keep,
      names: new Names(deps.names),
    });
    this.storage.admission = createAdmission(
      spec,
      this.storage,
      now,
      deps.injector,
    );
    this.logs = new PodLogs(keep);
    if (saved.size) {
      this.storage.load(saved);
      this.logs.load(saved);
    }
    this.furnish();
    const api: ApiContext = {
      spec,
      kinds: this.kinds,
      storage: this.storage,
      logs: this.logs,
      now,
      credentialGeneration: () => this.credentialGeneration,
      stepped: () => deps.clock.stepped(),
      disturb: (request, response, serve) =>
        deps.disturbance?.around(spec, request, response, serve) ?? serve(),
      whenAwake: () => this.whenAwake(),
    };
    this.server = new ApiServer(api, {
      ca: this.certificates.caCert,
      cert: this.certificates.serverCert,
      key: deps.keys.server.privateKey,
    });
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  async start(preferredPort: number): Promise<void> {
    this.port = await this.server.listen(preferredPort);
    const context = this.controllerContext();
    const controllers = createControllers(
      context,
      this.kinds,
      this.certificates.caCert,
    );
    this.manager = new ControllerManager({
      storage: this.storage,
      controllers,
      loop: this.deps.loop,
      after: context.after,
      warn: (message, fields) =>
        this.deps.log.warn(message, { cluster: this.spec.id, ...fields }),
    });
    // Every object is new to controllers that just started.
    for (const row of this.kinds.rows) {
      for (const object of this.storage.readAll(row)) {
        this.manager.offer({
          type: 'ADDED',
          gvr: {
            group: row.group,
            version: row.versions[0],
            resource: row.plural,
          },
          object,
        });
      }
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.manager?.stop();
    for (const cancel of this.timers) cancel();
    this.timers.clear();
    await this.server.close();
  }

  identity(): ClusterIdentity {
    const { spec, port, certificates, credentialGeneration } = this;
    return { spec, port, certificates, credentialGeneration };
  }

  /** Everything that `keep` was ever told and that still holds. */
  *records(): Generator<readonly [key: string, value: unknown]> {
    yield* this.storage.records();
    yield* this.logs.records();
  }

  kubeconfig({ ttlMs, server }: { ttlMs: number; server?: string }) {
    const { clock, keys } = this.deps;
    // Certificates know whole seconds only.
    const notAfter = Math.floor((clock.now() + ttlMs) / 1000) * 1000;
    const user =
      this.spec.kind === 'ack'
        ? `kubernetes-admin-${this.spec.id.slice(0, 8)}`
        : `istio-admin-${this.spec.id.slice(0, 8)}`;
    const yaml = kubeconfigYaml({
      clusterId: this.spec.id,
      server: server ?? this.url,
      user,
      caCert: this.certificates.caCert,
      clientCert: createClientCertificate(keys, this.spec.id, {
        user,
        now: clock.now(),
        notAfter,
        generation: this.credentialGeneration,
        steppedMs: clock.stepped(),
      }),
      clientKey: keys.client.privateKey,
    });
    return { yaml, expiresAt: timestamp(notAfter) };
  }

  revokeKubeconfigs(): void {
    this.credentialGeneration += 1;
    this.deps.changed();
  }

  addNode(node: KubeNodeSpec): { podCidr?: string } {
    const taken = new Set(
      this.storage.list(NODES).map(n => n.spec?.podCIDR as string),
    );
    const known = this.storage.get(NODES, undefined, node.name);
    if (known) return { podCidr: known.spec?.podCIDR };
    const podCidr = allocatePodCidr(this.spec, taken);
    this.storage.create(
      NODES,
      nodeObject(this.spec, node, podCidr, this.deps.clock.now()),
    );
    return { podCidr };
  }

  removeNode(name: string): void {
    this.storage.delete(NODES, undefined, name);
  }

  suspend(mode: 'hanging' | 'gone' = 'hanging'): void {
    if (this.asleep) return;
    this.asleep = true;
    this.server.suspend(mode);
    this.manager?.suspend();
  }

  resume(): void {
    if (!this.asleep) return;
    this.asleep = false;
    this.server.resume();
    this.manager?.resume();
    for (const wake of this.wakers.splice(0)) wake();
  }

  /** Nodes fell silent or came back, probes began to fail or to succeed: everybody looks again. */
  faultsChanged(): void {
    if (this.spec.kind !== 'ack') return;
    for (const gvr of [NODES, PODS]) {
      for (const object of this.storage.list(gvr)) {
        this.manager?.offer({
          type: 'MODIFIED',
          gvr,
          object,
          previous: object,
        });
      }
    }
  }

  private async whenAwake(): Promise<void> {
    while (this.asleep) {
      await new Promise<void>(resolve => this.wakers.push(resolve));
    }
  }

  private controllerContext(): ControllerContext {
    const { clock } = this.deps;
    return {
      spec: this.spec,
      storage: this.storage,
      logs: this.logs,
      now: () => clock.now(),
      scale: clock.timeScale,
      after: (ms, task) => this.after(ms, task),
      nodeLost: node => this.deps.faults.nodeLost(this.spec.id, node),
      unready: (pod, container) =>
        this.deps.faults.unready(this.spec.id, pod, container),
      event: (about, type, reason, message, component) =>
        recordEvent(this.storage, clock.now(), about, {
          type,
          reason,
          message,
          component,
        }),
      runtime: () => {
        const runtime = this.deps.runtime();
        return runtime && { run: (pod: KubeObject) => runtime.run(this, pod) };
      },
    };
  }

  /** The clock, standing still for this cluster while its region is out. */
  private after(ms: number, task: () => void): () => void {
    const state = { cancelled: false, stopTimer: () => {} };
    const cancel = () => {
      state.cancelled = true;
      this.timers.delete(cancel);
      state.stopTimer();
    };
    const run = () => {
      this.timers.delete(cancel);
      if (state.cancelled || this.stopped) return;
      if (this.asleep) {
        this.wakers.push(run);
        return;
      }
      try {
        task();
      } catch (error) {
        this.deps.log.warn('A timed step failed', {
          cluster: this.spec.id,
          error: (error as Error).message,
        });
      }
    };
    state.stopTimer = this.deps.clock.after(ms, () => this.deps.loop.add(run));
    this.timers.add(cancel);
    return cancel;
  }

  /** What every cluster has; an earlier process may not have come to the end of it. */
  private furnish(): void {
    const names = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
    if (this.spec.kind === 'asm') names.push('istio-system');
    for (const name of names) {
      if (this.storage.get(NAMESPACES, undefined, name)) continue;
      this.storage.create(NAMESPACES, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      });
    }
    if (
      this.spec.kind === 'ack' &&
      !this.storage.get(SERVICES, 'default', 'kubernetes')
    ) {
      this.storage.create(SERVICES, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          name: 'kubernetes',
          namespace: 'default',
          labels: { component: 'apiserver', provider: 'kubernetes' },
        },
        spec: { ports: [{ name: 'https', port: 443, targetPort: 6443 }] },
      });
    }
  }
}
