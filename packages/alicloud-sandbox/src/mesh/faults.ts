import { ControlError } from '../control';
import type { Persistence } from '../contract';
import type { Registry } from './registry';
import type { PodView } from './types';

const MODES = ['http-503', 'refuse', 'black-hole', 'slow'] as const;

/** How a failing pod fails; it stays ready, so that only outlier detection can notice. */
export type FaultMode = (typeof MODES)[number];

/** A fault injected into the pods it selects. */
export interface PodFault {
  id: string;
  clusterId?: string;
  region?: string;
  namespace: string;
  selector: Record<string, string>;
  mode: FaultMode;
  /** For `slow`: data-plane milliseconds before the pod answers. */
  delayMs?: number;
}

/**
 * Faults that tests and demonstrations inject through the control API: failing pods here, lost regions in the registry.
 * Both survive a restart, as the suspended clusters do.
 */
export class Faults {
  private readonly pods = new Map<string, PodFault>();
  private next = 1;

  constructor(private readonly persistence: Persistence, registry: Registry) {
    persistence.register({
      snapshotKey: 'mesh.faults',
      dump: () => ({
        next: this.next,
        pods: this.list(),
        regions: registry.lostRegions(),
      }),
      load: (state: any) => {
        this.next = state?.next ?? 1;
        for (const fault of state?.pods ?? []) {
          this.pods.set(fault.id, fault);
        }
        for (const region of state?.regions ?? []) {
          registry.setRegionLost(region, true);
        }
      },
    });
  }

  /** @throws ControlError 400 naming the field that is wrong */
  addPodFault(body: any): PodFault {
    const {
      clusterId,
      region,
      namespace = 'default',
      selector,
      mode,
    } = body ?? {};
    if (!MODES.includes(mode)) {
      throw new ControlError(
        400,
        `mode must be one of ${MODES.join(', ')}, not ${mode}`,
      );
    }
    if (!selector || typeof selector !== 'object' || Array.isArray(selector)) {
      throw new ControlError(400, 'selector must be an object of label values');
    }
    if (mode === 'slow' && !(Number(body.delayMs) > 0)) {
      throw new ControlError(
        400,
        'delayMs must be a positive number for mode slow',
      );
    }
    const fault: PodFault = {
      id: `fault-${this.next++}`,
      clusterId,
      region,
      namespace,
      selector,
      mode,
      delayMs: mode === 'slow' ? Number(body.delayMs) : undefined,
    };
    this.pods.set(fault.id, fault);
    this.persistence.changed();
    return fault;
  }

  removePodFault(id: string): boolean {
    const removed = this.pods.delete(id);
    this.persistence.changed();
    return removed;
  }

  list(): PodFault[] {
    return [...this.pods.values()];
  }

  /** The oldest fault that strikes a pod. */
  strikes(pod: PodView, region: string): PodFault | undefined {
    return this.list().find(
      f =>
        f.namespace === pod.namespace &&
        (!f.clusterId || f.clusterId === pod.clusterId) &&
        (!f.region || f.region === region) &&
        Object.entries(f.selector).every(([k, v]) => pod.labels[k] === v),
    );
  }
}
