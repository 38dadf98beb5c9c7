import type {
  LocalityIntent,
  VerificationResult,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { environment } from '../lib/environment';
import { logOf, Portal } from '../lib/portal';
import { Steps } from '../lib/steps';
import { until } from '../lib/until';

export const HANGZHOU = 'cn-hangzhou';
export const SHANGHAI = 'cn-shanghai';

/** The guide's outlier detection (step 5): no maxEjectionPercent, so Envoy's default of 10 % holds. */
export const GUIDE_OUTLIER_DETECTION = {
  consecutive5xxErrors: 1,
  interval: '1s',
  baseEjectionTime: '1m',
};
export const BOTH_WAYS = [
  { from: SHANGHAI, to: HANGZHOU },
  { from: HANGZHOU, to: SHANGHAI },
];

/** Name of the environment that the walkthrough builds and removes. */
export const ENVIRONMENT = 'guide';

/** What all chapters of the walkthrough share. */
export class Walkthrough {
  readonly env = environment();
  readonly steps = new Steps();
  readonly operator = new Portal(this.env.portal, 'user:default/pavel');
  meshId = '';

  /** The sandbox's inventory: every resource of every product, for the proof that destroy leaves nothing. */
  async inventory(): Promise<string[]> {
    const response = await fetch(`${this.env.control}/inventory`);
    const body: any = await response.json();
    const items: any[] = Array.isArray(body)
      ? body
      : body.resources ?? body.items;
    return items.map(item => `${item.type}/${item.id}`).sort();
  }

  /** Changes a rule through preview and change, as the page does, and insists on its being applied. */
  async change(
    target: { name: string } | 'mesh',
    intent: LocalityIntent,
    reason: string,
  ) {
    const where =
      target === 'mesh'
        ? ({ scope: 'mesh', meshId: this.meshId } as const)
        : ({
            scope: 'service',
            meshId: this.meshId,
            namespace: 'default',
            name: target.name,
          } as const);
    const preview = await this.operator.mesh.preview({ target: where, intent });
    const change = await this.operator.mesh.createChange({
      target: where,
      intent,
      reason,
      previewHash: preview.hash,
    });
    if (change.status !== 'applied' || change.verified?.ok !== true) {
      throw new Error(
        `The change is ${change.status}: ${
          change.error ?? change.verified?.detail
        }`,
      );
    }
    return { preview, change };
  }

  verify(requests: number, path?: string): Promise<VerificationResult> {
    return this.operator.mesh.verifyTraffic({
      meshId: this.meshId,
      namespace: 'default',
      name: 'reviews',
      requests,
      path,
      gatewayRegion: HANGZHOU,
    });
  }

  /** Runs the Bookinfo template and insists on its success. */
  async deployBookinfo(
    layout: 'full' | 'split',
    options: { takeAway?: boolean; outlierDetection?: 'none' | 'guide' } = {},
  ) {
    const task = await this.operator.runTemplate('bookinfo', {
      mesh: this.meshId,
      environment: ENVIRONMENT,
      layout,
      takeAway: false,
      ...options,
    });
    if (task.status !== 'completed') {
      throw new Error(`Task ${task.status}: ${logOf(task).slice(-1500)}`);
    }
  }

  /** Address of Hangzhou's ingress gateway as the portal reports it, reached like `meshDr.probes.connectTo` says. */
  async page(path: string): Promise<{ status: number; text: string }> {
    const { gateways } = await this.topology('productpage');
    const gateway = gateways.find(
      candidate => candidate.region === HANGZHOU && candidate.address,
    );
    if (!gateway) throw new Error('Hangzhou has no gateway with an address');
    const response = await fetch(
      `http://${gateway.address}:${this.env.gatewayPort}${path}`,
    );
    return { status: response.status, text: await response.text() };
  }

  /** Makes pods answer 503 while they stay ready; the local cloud's control API is where faults are made. */
  async failPods(
    region: string,
    selector: Record<string, string>,
  ): Promise<string> {
    const response = await fetch(`${this.env.control}/faults/pods`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        region,
        namespace: 'default',
        selector,
        mode: 'http-503',
      }),
    });
    const body: any = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(body));
    return body.id;
  }

  async healPods(fault: string) {
    await fetch(`${this.env.control}/faults/pods/${fault}`, {
      method: 'DELETE',
    });
  }

  topology(name = 'reviews') {
    return this.operator.mesh.getTopology({
      meshId: this.meshId,
      namespace: 'default',
      name,
    });
  }

  /** Waits until the topology shows exactly these ready endpoints per region and version, e.g. `cn-hangzhou v1: 1`. */
  async settled(
    name: string,
    wanted: Record<string, number>,
    timeoutMs = 60_000,
  ) {
    await until(
      `${name} to have ${JSON.stringify(wanted)}`,
      async () => {
        const topology = await this.topology(name);
        const seen: Record<string, number> = {};
        for (const region of topology.regions) {
          for (const cluster of region.clusters) {
            for (const endpoint of cluster.endpoints) {
              if (!endpoint.ready) continue;
              const key = `${region.region} ${endpoint.version}`;
              seen[key] = (seen[key] ?? 0) + 1;
            }
          }
        }
        const keys = new Set([...Object.keys(wanted), ...Object.keys(seen)]);
        const differs = [...keys].filter(
          key => (wanted[key] ?? 0) !== (seen[key] ?? 0),
        );
        if (differs.length > 0) {
          throw new Error(`topology shows ${JSON.stringify(seen)}`);
        }
        return true;
      },
      timeoutMs,
    );
  }
}

export const percent = (count: number, of: number) =>
  of === 0 ? 0 : (100 * count) / of;

export const tally = (result: VerificationResult) =>
  `${Object.entries(result.byRegion)
    .map(([region, count]) => `${region} ${count}`)
    .join(', ')}; ${Object.entries(result.byVersion)
    .map(([version, count]) => `${version} ${count}`)
    .join(', ')}; failed ${result.failed}, unknown ${result.unknown}`;
