import { ControlError } from '../control';
import type { ControlApi, KubeObject } from '../contract';

const ZONE = 'topology.kubernetes.io/zone';

/** A node whose kubelet fell silent. */
export interface NodeFault {
  clusterId: string;
  node: string;
}

/** Containers whose readiness probes fail. */
export interface ReadinessFault {
  id: string;
  /** Any cluster where absent. */
  clusterId?: string;
  namespace: string;
  /** Pods with all these labels. */
  selector: Record<string, string>;
  /** All containers but the sidecar where absent. */
  container?: string;
}

/** What survives a restart. */
export interface WorkloadFaultsDump {
  nodes: NodeFault[];
  zones: string[];
  readiness: ReadinessFault[];
  next: number;
}

/** Faults below the Kubernetes API that only the control API can cause: lost nodes, lost zones, failing probes. */
export class WorkloadFaults {
  private nodes: NodeFault[] = [];
  private readonly zones = new Set<string>();
  private readiness: ReadinessFault[] = [];
  private next = 1;

  /** `changed` is told after every change. */
  constructor(private readonly changed: () => void) {}

  nodeLost(clusterId: string, node: KubeObject): boolean {
    return (
      this.zones.has(node.metadata.labels?.[ZONE] ?? '') ||
      this.nodes.some(
        f => f.clusterId === clusterId && f.node === node.metadata.name,
      )
    );
  }

  unready(clusterId: string, pod: KubeObject, container: string): boolean {
    return this.readiness.some(
      f =>
        (!f.clusterId || f.clusterId === clusterId) &&
        f.namespace === pod.metadata.namespace &&
        (f.container
          ? f.container === container
          : container !== 'istio-proxy') &&
        Object.entries(f.selector).every(
          ([k, v]) => pod.metadata.labels?.[k] === v,
        ),
    );
  }

  setNode(fault: NodeFault, lost: boolean): void {
    const rest = this.nodes.filter(
      f => f.clusterId !== fault.clusterId || f.node !== fault.node,
    );
    this.nodes = lost ? [...rest, fault] : rest;
    this.changed();
  }

  setZone(zone: string, lost: boolean): void {
    if (lost) this.zones.add(zone);
    else this.zones.delete(zone);
    this.changed();
  }

  addReadiness(fault: Omit<ReadinessFault, 'id'>): ReadinessFault {
    const made = { id: `unready-${this.next}`, ...fault };
    this.next += 1;
    this.readiness.push(made);
    this.changed();
    return made;
  }

  removeReadiness(id: string): boolean {
    const left = this.readiness.filter(f => f.id !== id);
    const found = left.length < this.readiness.length;
    this.readiness = left;
    if (found) this.changed();
    return found;
  }

  clear(): void {
    this.nodes = [];
    this.zones.clear();
    this.readiness = [];
    this.changed();
  }

  dump(): WorkloadFaultsDump {
    return {
      nodes: this.nodes,
      zones: [...this.zones],
      readiness: this.readiness,
      next: this.next,
    };
  }

  load(dump: WorkloadFaultsDump | undefined): void {
    this.nodes = dump?.nodes ?? [];
    this.readiness = dump?.readiness ?? [];
    this.next = dump?.next ?? 1;
    for (const zone of dump?.zones ?? []) this.zones.add(zone);
  }
}

/** What the routes need to know of the fleet. */
export interface FaultTargets {
  /** Clusters with a node of that name. */
  clustersWithNode(name: string): string[];
  zones(): Set<string>;
}

const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** `/faults/nodes`, `/faults/zones` and `/faults/readiness` of the control API. */
export function addWorkloadFaultRoutes(
  control: ControlApi,
  faults: WorkloadFaults,
  targets: FaultTargets,
): void {
  const nodeOf = (name: unknown, clusterId: unknown): NodeFault => {
    const node = text(name);
    if (!node) throw new ControlError(400, 'node must name a node');
    const clusters = targets
      .clustersWithNode(node)
      .filter(id => !text(clusterId) || id === clusterId);
    if (clusters.length === 0) {
      throw new ControlError(
        404,
        `There is no node ${node} in ${text(clusterId) ?? 'any cluster'}`,
      );
    }
    if (clusters.length > 1) {
      throw new ControlError(
        400,
        `The clusters ${clusters.join(
          ', ',
        )} have a node ${node} each: say which with clusterId`,
      );
    }
    return { clusterId: clusters[0], node };
  };
  const zoneOf = (value: unknown): string => {
    const zone = text(value);
    if (!zone) throw new ControlError(400, 'zone must name a zone');
    return zone;
  };

  control.route('GET', '/faults/nodes', () => ({ nodes: faults.dump().nodes }));
  control.route('POST', '/faults/nodes', ({ body }) => {
    const fault = nodeOf(body?.node, body?.clusterId);
    faults.setNode(fault, true);
    return fault;
  });
  control.route('DELETE', '/faults/nodes', ({ body, query }) =>
    faults.setNode(
      nodeOf(
        body?.node ?? query.get('node'),
        body?.clusterId ?? query.get('clusterId'),
      ),
      false,
    ),
  );
  control.route('DELETE', '/faults/nodes/:node', ({ params, query }) =>
    faults.setNode(nodeOf(params.node, query.get('clusterId')), false),
  );

  control.route('GET', '/faults/zones', () => ({ zones: faults.dump().zones }));
  control.route('POST', '/faults/zones', ({ body }) => {
    const zone = zoneOf(body?.zone);
    if (!targets.zones().has(zone)) {
      throw new ControlError(404, `No cluster has a node in the zone ${zone}`);
    }
    faults.setZone(zone, true);
    return { zone };
  });
  control.route('DELETE', '/faults/zones', ({ body, query }) =>
    faults.setZone(zoneOf(body?.zone ?? query.get('zone')), false),
  );
  control.route('DELETE', '/faults/zones/:zone', ({ params }) =>
    faults.setZone(params.zone, false),
  );

  control.route('GET', '/faults/readiness', () => ({
    faults: faults.dump().readiness,
  }));
  control.route('POST', '/faults/readiness', ({ body }) => {
    const { selector, namespace, clusterId, container } = body ?? {};
    if (!selector || typeof selector !== 'object' || Array.isArray(selector)) {
      throw new ControlError(400, 'selector must be an object of label values');
    }
    return faults.addReadiness({
      clusterId: text(clusterId),
      namespace: text(namespace) ?? 'default',
      selector,
      container: text(container),
    });
  });
  control.route('DELETE', '/faults/readiness', () =>
    faults
      .dump()
      .readiness.forEach(fault => void faults.removeReadiness(fault.id)),
  );
  control.route('DELETE', '/faults/readiness/:id', ({ params }) => {
    if (!faults.removeReadiness(params.id)) {
      throw new ControlError(404, `There is no readiness fault ${params.id}`);
    }
  });
  control.route('POST', '/reset', () => faults.clear());
}
