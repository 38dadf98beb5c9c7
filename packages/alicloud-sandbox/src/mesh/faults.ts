import { ControlError } from '../control';
import type { Persistence } from '../contract';
import type { Registry } from './registry';
import type { PodView, RandomSource } from './types';

const MODES = [
  'http',
  'http-503',
  'hang',
  'slow',
  'refuse',
  'black-hole',
] as const;
const REQUEST_MODES: readonly FaultMode[] = [
  'http',
  'http-503',
  'hang',
  'slow',
];

/**
 * How a failing pod fails; it stays ready, so that only outlier detection can notice. `http` answers with a status,
 * `http-503` with 503, `hang` takes requests and never answers, `slow` answers late, `refuse` closes its port and its
 * connections, `black-hole` loses all packets.
 */
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
  /** For `http`: the status, 400 to 599. */
  status?: number;
  /** Share of requests (of connection attempts for `refuse` and `black-hole`) it strikes, above 0 to 100. Default 100. */
  percentage?: number;
}

/**
 * Faults that tests and demonstrations inject through the control API: failing pods here, lost regions in the registry.
 * Both survive a restart, as the suspended clusters do.
 */
export class Faults {
  private readonly pods = new Map<string, PodFault>();
  private next = 1;

  constructor(
    private readonly persistence: Persistence,
    private readonly registry: Registry,
    private readonly random: RandomSource,
  ) {
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
    const { status, percentage } = body;
    if (mode === 'http' && !(status >= 400 && status <= 599)) {
      throw new ControlError(
        400,
        `status must be a number from 400 to 599 for mode http, not ${status}`,
      );
    }
    if (percentage !== undefined && !(percentage > 0 && percentage <= 100)) {
      throw new ControlError(
        400,
        `percentage must be above 0 and at most 100, not ${percentage}`,
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
      status: mode === 'http' ? Number(status) : undefined,
      percentage: percentage === undefined ? undefined : Number(percentage),
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

  /** How a new connection to a pod fails. */
  onConnect(pod: PodView, region: string): FaultMode | undefined {
    if (this.registry.isNodeLost(pod)) {
      return 'black-hole';
    }
    return this.find(pod, region, f => !isRequestFault(f) && this.strikes(f))
      ?.mode;
  }

  /** How open connections to a pod fail: faults that strike only some attempts leave them alone. */
  onConnection(pod: PodView, region: string): FaultMode | undefined {
    if (this.registry.isNodeLost(pod)) {
      return 'black-hole';
    }
    return this.find(
      pod,
      region,
      f => !isRequestFault(f) && (f.percentage ?? 100) === 100,
    )?.mode;
  }

  /** How a request that reached a pod fails. */
  onRequest(pod: PodView, region: string): PodFault | undefined {
    return this.find(pod, region, f => isRequestFault(f) && this.strikes(f));
  }

  private strikes({ percentage }: PodFault): boolean {
    return percentage === undefined || this.random() * 100 < percentage;
  }

  /** The oldest fault that selects a pod and passes `test`. */
  private find(
    pod: PodView,
    region: string,
    test: (fault: PodFault) => boolean,
  ): PodFault | undefined {
    if (this.pods.size === 0) {
      return undefined;
    }
    return this.list().find(
      f =>
        f.namespace === pod.namespace &&
        (!f.clusterId || f.clusterId === pod.clusterId) &&
        (!f.region || f.region === region) &&
        Object.entries(f.selector).every(([k, v]) => pod.labels[k] === v) &&
        test(f),
    );
  }
}

function isRequestFault({ mode }: PodFault): boolean {
  return REQUEST_MODES.includes(mode);
}
