import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startSandbox } from '@mesh-dr/alicloud-sandbox';
import {
  applyManifests,
  createKubernetesConnector,
  type AlicloudAccounts,
  type KubernetesObject,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { figures, time } from './measure';
import type { Benchmark } from './types';

const REGIONS = ['cn-hangzhou', 'cn-shanghai'];
const OBJECTS = 24;
const REPETITIONS = 15;
const GOAL_RATIO = 3;

const run = promisify(execFile);

type Logger = Parameters<typeof createKubernetesConnector>[0]['logger'];
const silent = () => undefined;
const quiet: Logger = {
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  child: () => quiet,
};

/** Small objects whose content differs in every round, so that each apply really writes. */
const manifests = (round: number): KubernetesObject[] =>
  Array.from({ length: OBJECTS }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `settings-${i}`, namespace: 'default' },
    data: { round: String(round) },
  }));

/** The guide switches kubeconfigs and runs kubectl once per cluster; `dr:kubernetes:apply` reaches all at once. */
export const applyEverywhere: Benchmark = {
  name: 'apply-everywhere',
  description: `server-side apply of ${OBJECTS} objects to ${REGIONS.length} clusters, beside kubectl cluster by cluster`,
  async run() {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-dr-bench-'));
    const sandbox = await startSandbox({ port: 0 });
    try {
      const kubeconfigs = new Map<string, string>();
      for (const region of REGIONS) {
        const id = `bench-${region}`;
        const cluster = await sandbox.kube.open({
          id,
          kind: 'ack',
          name: id,
          region,
          kubernetesVersion: '1.32.1-aliyun.1',
        });
        const { yaml } = cluster.kubeconfig({ ttlMs: 3_600_000 });
        kubeconfigs.set(id, yaml);
        writeFileSync(path.join(folder, id), yaml, { mode: 0o600 });
      }
      const alicloud = {
        names: () => ['bench'],
        get: () => ({
          ack: {
            userKubeconfig: async ({ clusterId }: { clusterId: string }) => ({
              yaml: kubeconfigs.get(clusterId)!,
            }),
          },
        }),
      } as unknown as AlicloudAccounts;
      const connector = createKubernetesConnector({
        alicloud,
        config: {
          apiServerAccess: 'public',
          allowedApiServers: ['127.0.0.0/8'],
          kubeconfigMinutes: 60,
        },
        logger: quiet,
      });
      const connections = REGIONS.map(region =>
        connector.cluster({
          account: 'bench',
          regionId: region,
          clusterId: `bench-${region}`,
        }),
      );

      const ours = async (round: number) => {
        const results = await applyManifests(connections, manifests(round), {
          fieldManager: 'mesh-dr',
          force: true,
        });
        const failed = results.find(result => !result.ok);
        if (failed && !failed.ok) throw failed.error;
      };
      const kubectl = async (round: number) => {
        const file = path.join(folder, 'manifests.json');
        writeFileSync(
          file,
          manifests(round)
            .map(manifest => JSON.stringify(manifest))
            .join('\n'),
        );
        for (const id of kubeconfigs.keys()) {
          await run('kubectl', [
            `--kubeconfig=${path.join(folder, id)}`,
            `--cache-dir=${path.join(folder, 'cache')}`,
            'apply',
            '--server-side',
            '--force-conflicts',
            '-f',
            file,
          ]);
        }
      };
      const peerVersion = await run('kubectl', [
        'version',
        '--client',
        '-o',
        'json',
      ])
        .then(
          result =>
            JSON.parse(result.stdout).clientVersion.gitVersion as string,
        )
        .catch(() => undefined);
      if (!peerVersion) {
        console.error(
          '*** kubectl is not on the PATH: measured without its peer ***',
        );
      }

      const oursSeries: number[] = [];
      const peerSeries: number[] = [];
      await ours(0);
      if (peerVersion) await kubectl(1);
      for (let i = 0; i < REPETITIONS; i++) {
        oursSeries.push(await time(() => ours(2 * i + 2)));
        if (peerVersion) peerSeries.push(await time(() => kubectl(2 * i + 3)));
      }
      const oursFigures = figures(oursSeries);
      const peer = peerVersion
        ? {
            name: `kubectl ${peerVersion}, one cluster after the other`,
            ...figures(peerSeries),
          }
        : null;
      const ratio = peer ? peer.p50 / oursFigures.p50 : null;
      return [
        {
          case: `${OBJECTS} objects × ${REGIONS.length} clusters`,
          unit: 'ms',
          ours: oursFigures,
          peer,
          ratio,
          goal: `p50 at least ${GOAL_RATIO} times faster than kubectl`,
          met: ratio !== null && ratio >= GOAL_RATIO,
        },
      ];
    } finally {
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
