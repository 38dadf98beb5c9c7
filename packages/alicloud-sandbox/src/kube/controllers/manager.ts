import type {
  KubeObject,
  PodRuntime,
  KubeClusterSpec,
  StorageEvent,
} from '../../contract';
import type { PodLogs } from '../logs';
import type { ClusterStorage } from '../storage';

/** What controllers work with. Time stands still for them while the region is out. */
export interface ControllerContext {
  spec: KubeClusterSpec;
  storage: ClusterStorage;
  logs: PodLogs;
  /** Wall-clock milliseconds. */
  now(): number;
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
  reconcile(key: string): void;
  /** Cancels what the loop waits for. */
  stop?(): void;
}

/** Runs controllers over one queue, each key once however often it was named, never inside a storage commit. */
export class ControllerManager {
  private readonly controllers: Controller[];
  private readonly queue = new Map<string, () => void>();
  private readonly warn: (
    message: string,
    fields: Record<string, unknown>,
  ) => void;
  private readonly unsubscribe: () => void;
  private scheduled = false;
  private asleep = false;
  private stopped = false;

  constructor(
    storage: ClusterStorage,
    controllers: Controller[],
    warn: (message: string, fields: Record<string, unknown>) => void,
  ) {
    this.controllers = controllers;
    this.warn = warn;
    this.unsubscribe = storage.subscribe(event => this.offer(event));
  }

  offer(event: StorageEvent): void {
    for (const controller of this.controllers) {
      for (const key of controller.keys(event)) this.enqueue(controller, key);
    }
  }

  suspend(): void {
    this.asleep = true;
  }

  resume(): void {
    this.asleep = false;
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    this.unsubscribe();
    this.queue.clear();
    for (const controller of this.controllers) controller.stop?.();
  }

  private enqueue(controller: Controller, key: string) {
    this.queue.set(`${controller.name} ${key}`, () =>
      controller.reconcile(key),
    );
    this.schedule();
  }

  private schedule() {
    if (this.scheduled || this.asleep || this.stopped || this.queue.size === 0)
      return;
    this.scheduled = true;
    setImmediate(() => this.drain());
  }

  private drain() {
    this.scheduled = false;
    if (this.asleep || this.stopped) return;
    const batch = [...this.queue];
    this.queue.clear();
    for (const [name, work] of batch) {
      try {
        work();
      } catch (error) {
        // The next event about the object tries again, as a control loop does.
        this.warn('Reconciliation failed', {
          work: name,
          error: (error as Error).message,
        });
      }
    }
    this.schedule();
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
