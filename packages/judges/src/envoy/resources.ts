import { renameSync, writeFileSync } from 'node:fs';
import type { EnvoyCluster } from './model';
import type { Scenario } from './bench';
import { cdsOf, edsOf, listenerOf } from './toEnvoy';

/** The files of one Envoy, in a folder of their own: CDS, LDS and an EDS file for every cluster. */
export class Resources {
  private version = 0;

  constructor(private readonly folder: string) {}

  /** Writes everything for Envoy to start with; returns the path of the bootstrap. */
  write(scenarios: Scenario[]): string {
    const clusters = scenarios.map(s => s.cluster);
    const routes = new Map(
      scenarios.map(s => [s.cluster.name, s.route ?? {}] as const),
    );
    clusters.forEach(cluster => this.endpoints(cluster));
    this.replace(
      'cds.json',
      'cluster.v3.Cluster',
      clusters.map(c => cdsOf(c, `${this.folder}/${edsFile(c)}`)),
    );
    this.replace('lds.json', 'listener.v3.Listener', [
      listenerOf(clusters, routes),
    ]);
    const file = `${this.folder}/envoy.json`;
    writeFileSync(file, JSON.stringify(bootstrap(this.folder)));
    return file;
  }

  /** Replaces the EDS file of a cluster in one step. */
  endpoints(cluster: EnvoyCluster): void {
    this.replace(edsFile(cluster), 'endpoint.v3.ClusterLoadAssignment', [
      edsOf(cluster),
    ]);
  }

  /** Envoy heeds only files that were moved to their place. */
  private replace(file: string, type: string, resources: unknown[]): void {
    this.version++;
    const [, version, kind] = /^(.*)\.(\w+)$/.exec(type)!;
    const typeUrl = `type.googleapis.com/envoy.config.${version}.${kind}`;
    const target = `${this.folder}/${file}`;
    writeFileSync(
      `${target}.new`,
      JSON.stringify({
        version_info: String(this.version),
        resources: resources.map(r => ({ '@type': typeUrl, ...(r as object) })),
      }),
    );
    renameSync(`${target}.new`, target);
  }
}

function edsFile(cluster: EnvoyCluster): string {
  return `eds-${cluster.name}.json`;
}

function bootstrap(folder: string) {
  return {
    node: { id: 'judge', cluster: 'judge' },
    admin: {
      address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
    },
    dynamic_resources: {
      cds_config: { path_config_source: { path: `${folder}/cds.json` } },
      lds_config: { path_config_source: { path: `${folder}/lds.json` } },
    },
  };
}
