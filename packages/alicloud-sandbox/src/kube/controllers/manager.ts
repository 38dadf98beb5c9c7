import type {
  KubeObject,
  PodRuntime,
  KubeClusterSpec,
  StorageEvent,
} from '../../contract';
import type { PodLogs } from '../logs';
import type { ClusterStorage } from '../storage';
import type { WorkLoop } from '../workLoop';

/** What controllers work with. Time stands still for them while the region is out. */
export interface ControllerContext {
  spec: KubeClusterSpec;
  storage: ClusterStorage;
  logs: PodLogs;
  /** Wall-clock milliseconds. */
  now(): number;
  /** Simulated milliseconds in one of them. */
  scale: number;
  /** Whether the control API made a node fall silent. */
  nodeLost(node: KubeObject): boolean;
  /** Whether the control API makes a container's readiness probe fail. */
  unready(pod: KubeObject, container: string): boolean;
  /** Runs `task` after simulated milliseconds, not before the region is awake. Returns a canceller. */
  after(simulatedMs: number, task: () => void): () => void;
  /** Records an Event about an object. */
  event(
    about: KubeObject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    component: string,
  ): void;
  /** Runs a pod whose command matters; undefined until the data plane is there. */
  runtime():
    | { run(pod: KubeObject): ReturnType<PodRuntime['run']> }
    | undefined;
}

/** One control loop: which keys an event concerns, and how to bring the thing behind a key in order. */
export interface Controller {
  readonly name: string;
  keys(event: StorageEvent): string[];
  /** May name further keys to look at. */
  reconcile(key: string): void | string[];
  /** Cancels what the loop waits for. */
  stop?(): void;
}

/** A failed reconciliation is tried again after this, doubled each time, in simulated milliseconds. */
const RETRY = { first: 1_000, longest: 300_000 };

interface ManagerOptions {
  storage: ClusterStorage;
  controllers: Controller[];
  loop: WorkLoop;
  after: ControllerContext['after'];
  warn(message: string, fields: Record<string, unknown>): void;
}

/** Runs controllers, each key once however often it was named meanwhile, never inside a storage commit. */
export class ControllerManager {
  private readonly options: ManagerOptions;
  private readonly queue = new Map<string, () => void | string[]>();
  private readonly failures = new Map<string, number>();
  private readonly unsubscribe: () => void;
  private asleep = false;
  private stopped = false;

  constructor(options: ManagerOptions) {
    this.options = options;
    this.unsubscribe = options.storage.subscribe(event => this.offer(event));
  }

  offer(event: StorageEvent): void {
    for (const controller of this.options.controllers) {
      for (const key of controller.keys(event)) this.enqueue(controller, key);
    }
  }

  suspend(): void {
    this.asleep = true;
  }

  resume(): void {
    this.asleep = false;
    for (const id of this.queue.keys()) this.submit(id);
  }

  stop(): void {
    this.stopped = true;
    this.unsubscribe();
    this.queue.clear();
    for (const controller of this.options.controllers) controller.stop?.();
  }

  private enqueue(controller: Controller, key: string) {
    const id = `${controller.name} ${key}`;
    if (this.queue.has(id)) return;
    this.queue.set(id, () => {
      for (const other of controller.reconcile(key) ?? []) {
        this.enqueue(controller, other);
      }
      this.failures.delete(id);
    });
    if (!this.asleep) this.submit(id);
  }

  private submit(id: string) {
    this.options.loop.add(() => this.run(id));
  }

  private run(id: string) {
    const work = this.queue.get(id);
    if (!work || this.asleep || this.stopped) return;
    this.queue.delete(id);
    try {
      work();
    } catch (error) {
      this.options.warn('Reconciliation failed', {
        work: id,
        error: (error as Error).message,
      });
      this.retry(id, work);
    }
  }

  private retry(id: string, work: () => void | string[]) {
    const failures = this.failures.get(id) ?? 0;
    this.failures.set(id, failures + 1);
    const wait = Math.min(RETRY.longest, RETRY.first * 2 ** failures);
    this.options.after(wait, () => {
      if (this.queue.has(id) || this.stopped) return;
      this.queue.set(id, work);
      this.submit(id);
    });
  }
}

/** `namespace/name` of an object. */
export function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

export function splitKey(key: string): [string | undefined, string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash) || undefined, key.slice(slash + 1)];
}

export function ownedBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

export function controllerOf(object: KubeObject) {
  return object.metadata.ownerReferences?.find(o => o.controller);
}

export function ownerReference(owner: KubeObject) {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid!,
    controller: true,
    blockOwnerDeletion: true,
  };
}
