import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Scenario } from './bench';
import type { EnvoyBinary } from './binary';
import type { EnvoyCluster } from './model';
import { Resources } from './resources';
import { inotifyInstances, outOfWatches } from './watches';

const START_TIMEOUT_MS = 30_000;
const UPDATE_TIMEOUT_MS = 10_000;
/** Besides EDS: CDS and LDS. */
const OTHER_FILES = 2;

/** A host as Envoy's admin interface shows it. */
export interface HostStatus {
  address: string;
  priority: number;
  requests: number;
  ejected: boolean;
}

/** A running Envoy with one worker thread, configured by files. */
export class EnvoyProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly admin: string,
    private readonly resources: Resources,
    /** EDS files that Envoy watches. */
    readonly edsFiles: number,
  ) {}

  /**
   * Starts Envoy and waits until it serves.
   * @throws Error with what Envoy said last; when inotify instances lack, with the limit and how to raise it
   */
  static async start(
    binary: EnvoyBinary,
    scenarios: Scenario[],
  ): Promise<EnvoyProcess> {
    const folder = mkdtempSync(path.join(tmpdir(), 'envoy-judge-'));
    const resources = new Resources(folder);
    const bootstrap = resources.write(scenarios);
    const options = `--concurrency 1 --use-dynamic-base-id --disable-hot-restart --log-level warn`;
    const child = spawn(
      binary.path,
      [
        '-c',
        bootstrap,
        '--admin-address-path',
        `${folder}/admin`,
        ...options.split(' '),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let complaint = '';
    child.stderr!.on('data', chunk => {
      complaint = `${complaint}${chunk}`.slice(-4000);
    });
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      if (hasEnded(child) || Date.now() > deadline) {
        child.kill('SIGKILL');
        rmSync(folder, { recursive: true, force: true });
        const files = scenarios.length + OTHER_FILES;
        throw new Error(
          outOfWatches(complaint, files) ??
            `Envoy did not start:\n${complaint}`,
        );
      }
      const admin = await isReady(folder);
      if (admin) {
        return new EnvoyProcess(
          child,
          folder,
          admin,
          resources,
          scenarios.length,
        );
      }
      await new Promise(resolve => {
        setTimeout(resolve, 50);
      });
    }
  }

  /** Inotify instances that Envoy holds now. */
  get watches(): number {
    return inotifyInstances(this.child.pid!);
  }

  /** Replaces a cluster's EDS file and resolves when Envoy's main thread has taken it over. */
  async replaceEndpoints(cluster: EnvoyCluster): Promise<void> {
    const updates = async () =>
      (await this.stats(cluster.name, ['update_success'])).update_success;
    const before = await updates();
    this.resources.endpoints(cluster);
    const deadline = Date.now() + UPDATE_TIMEOUT_MS;
    while ((await updates()) === before) {
      if (Date.now() > deadline) {
        throw new Error(
          `Envoy did not take over the new EDS file of ${cluster.name} within ${UPDATE_TIMEOUT_MS} ms`,
        );
      }
    }
  }

  /** Real port of a listener. */
  async port(listener: string): Promise<number> {
    const { listener_statuses: all } = await this.json(
      '/listeners?format=json',
    );
    const found = all.find((l: any) => l.name === listener);
    return found.local_address.socket_address.port_value;
  }

  /** Counters and gauges of a cluster whose names contain one of the words. */
  async stats(
    cluster: string,
    words: string[],
  ): Promise<Record<string, number>> {
    const text = await fetchText(
      `${this.admin}/stats?filter=^cluster.${cluster}[.]`,
    );
    const result: Record<string, number> = {};
    for (const line of text.split('\n')) {
      const [name, value] = line.split(': ');
      const short = name.slice(`cluster.${cluster}.`.length);
      if (words.some(word => short.includes(word)) && /^\d+$/.test(value)) {
        result[short.replace('outlier_detection.', '')] = Number(value);
      }
    }
    return result;
  }

  /** Faults that the listener's filter has injected so far. */
  async faults(): Promise<{ delays: number; aborts: number }> {
    const text = await fetchText(
      `${this.admin}/stats?filter=^http.judge.fault`,
    );
    const count = (what: string) =>
      Number(new RegExp(`${what}_injected: (\\d+)`).exec(text)?.[1] ?? 0);
    return { delays: count('delays'), aborts: count('aborts') };
  }

  /** Hosts of every cluster. */
  async hosts(): Promise<Map<string, HostStatus[]>> {
    const { cluster_statuses: clusters } = await this.json(
      '/clusters?format=json',
    );
    return new Map(
      clusters.map((cluster: any) => [
        cluster.name,
        (cluster.host_statuses ?? []).map((host: any) => ({
          address: host.address.socket_address.address,
          priority: host.priority ?? 0,
          requests: Number(
            host.stats.find((s: any) => s.name === 'rq_total')?.value ?? 0,
          ),
          ejected: host.health_status?.failed_outlier_check === true,
        })),
      ]),
    );
  }

  /** The clusters Envoy says it runs with, by name. */
  async clusterConfigs(): Promise<Map<string, any>> {
    const { configs } = await this.json(
      '/config_dump?resource=dynamic_active_clusters',
    );
    return new Map(configs.map((c: any) => [c.cluster.name, c.cluster]));
  }

  /** Resolves when the main thread has worked off what it was told before; it answers the admin interface in turn. */
  async mainThreadIdle(): Promise<void> {
    await fetchText(`${this.admin}/ready`);
  }

  async stop(): Promise<void> {
    if (!hasEnded(this.child)) {
      const ended = new Promise(resolve => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async json(url: string): Promise<any> {
    return JSON.parse(await fetchText(`${this.admin}${url}`));
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function isReady(folder: string): Promise<string | undefined> {
  if (!existsSync(`${folder}/admin`)) {
    return undefined;
  }
  const admin = `http://${readFileSync(`${folder}/admin`, 'utf8').trim()}`;
  const answer = await fetchText(`${admin}/ready`).catch(() => '');
  return answer.trim() === 'LIVE' ? admin : undefined;
}

function fetchText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { timeout: 10_000 }, response => {
      let body = '';
      response.on('data', chunk => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    });
    request.on('error', reject);
    request.on('timeout', () =>
      request.destroy(new Error(`${url} did not answer`)),
    );
  });
}
