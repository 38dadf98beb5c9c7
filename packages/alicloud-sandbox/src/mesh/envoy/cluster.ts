import type {
  DataPlaneTime,
  Endpoint,
  EnvoyCluster,
  RandomSource,
} from '../types';
import { ConnectionPools } from './connectionPool';
import { LoadBalancer, priorityCount } from './loadBalancer';
import { MergeWindow } from './mergeWindow';
import { OutlierDetector, type HostResult } from './outlier';

/** Counters of one Envoy cluster, named as Envoy's admin interface names them. */
export interface ClusterStats {
  ejections_active: number;
  ejections_enforced_total: number;
  ejections_overflow: number;
  lb_healthy_panic: number;
  upstream_cx_total: number;
}

/** One cluster inside one proxy: its balancer, its connections, and what the proxy learnt about its hosts. */
export class ClusterState {
  readonly balancer: LoadBalancer;
  readonly pools: ConnectionPools;
  private readonly outlier?: OutlierDetector;
  private readonly window = new MergeWindow();
  private readonly cds: string;
  private eds: string;

  constructor(
    private config: EnvoyCluster,
    random: RandomSource,
    private readonly time: DataPlaneTime,
  ) {
    [this.cds, this.eds] = written(config);
    this.balancer = new LoadBalancer(random);
    this.pools = new ConnectionPools(config, time);
    if (config.outlier) {
      this.outlier = new OutlierDetector(config.outlier, time.now, {
        before: at => this.refresh(this.window.delivered(at)),
        changed: at =>
          this.refresh(this.window.changed(priorityCount(this.config), at)),
      });
      this.outlier.setHosts(keys(config));
    }
    this.balancer.update(config, this.isEjected);
  }

  /** Takes over new endpoints, keeping the hosts' history; false when more than endpoints changed. */
  takeOver(config: EnvoyCluster): boolean {
    if (config === this.config) {
      return true;
    }
    const [cds, eds] = written(config);
    if (cds !== this.cds) {
      return false;
    }
    this.catchUp();
    const before = this.config;
    this.config = config;
    if (eds !== this.eds) {
      this.eds = eds;
      const hosts = keys(config);
      this.outlier?.setHosts(hosts);
      this.pools.keepOnly(new Set(hosts));
      this.window.replaced(changedPriorities(before, config), this.time.now());
      this.balancer.update(config, this.isEjected);
    }
    return true;
  }

  /** Lets happen what time has brought: hosts that come back, and health that the workers learn of only now. */
  catchUp(): void {
    if (this.outlier) {
      this.outlier.sweep();
      this.refresh(this.window.delivered(this.time.now()));
    }
  }

  /** What an attempt told about its host. */
  record(host: Endpoint, result: HostResult): void {
    this.outlier?.record(host.key, result);
  }

  /** Names of the hosts that are ejected now. */
  ejected(): string[] {
    this.catchUp();
    return this.config.groups
      .flatMap(g => g.endpoints)
      .filter(this.isEjected)
      .map(e => e.pod ?? e.key);
  }

  stats(): ClusterStats {
    this.catchUp();
    return {
      ejections_active: this.outlier?.ejectedCount ?? 0,
      ejections_enforced_total: this.outlier?.enforced ?? 0,
      ejections_overflow: this.outlier?.overflow ?? 0,
      lb_healthy_panic: this.balancer.panics,
      upstream_cx_total: this.pools.connectionsMade,
    };
  }

  private readonly isEjected = (endpoint: Endpoint) =>
    this.outlier?.isEjected(endpoint.key) ?? false;

  private refresh(priorities: number[]): void {
    if (priorities.length > 0) {
      this.balancer.refresh(this.config, this.isEjected, priorities);
    }
  }
}

/** Everything but the endpoints, and the endpoints. */
function written({ groups, ...rest }: EnvoyCluster): [string, string] {
  return [JSON.stringify(rest), JSON.stringify(groups)];
}

function keys(config: EnvoyCluster): string[] {
  return config.groups.flatMap(g => g.endpoints.map(e => e.key));
}

function changedPriorities(a: EnvoyCluster, b: EnvoyCluster): number[] {
  const hostsOf = (cluster: EnvoyCluster, priority: number) =>
    cluster.groups
      .filter(g => g.priority === priority)
      .flatMap(g => g.endpoints.map(e => e.key))
      .sort()
      .join();
  return Array.from(
    { length: Math.max(priorityCount(a), priorityCount(b)) },
    (_, p) => p,
  ).filter(p => hostsOf(a, p) !== hostsOf(b, p));
}
