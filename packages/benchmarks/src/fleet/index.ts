import os from 'node:os';
import type { Benchmark } from '../types';
import { fleetChanges } from './fleetChanges';
import { outageReads } from './outageRead';
import { pageReads } from './pageRead';
import { openTabs } from './tabs';

const load = () =>
  `load average ${os.loadavg()[0].toFixed(1)} on ${os.cpus().length} cores`;

/** Pages about workloads in many clusters, beside Backstage's Kubernetes backend. */
export const pageRead: Benchmark = {
  name: 'page-read',
  description:
    "a service's page over many clusters, beside Backstage's Kubernetes backend",
  async run() {
    const small = {
      services: 50,
      deployments: 50,
      replicas: 1,
      oneEntity: true,
      nodes: 4,
    };
    const large = {
      services: 2000,
      deployments: 2000,
      replicas: 1,
      oneEntity: true,
      nodes: 40,
    };
    return [
      ...(await pageReads(
        { ...small, clusters: 10 },
        { times: 20, repetitions: 40, load },
      )),
      ...(await pageReads(
        { ...large, clusters: 4 },
        { times: 50, repetitions: 30, load },
      )),
    ];
  },
};

const OUTAGE = {
  services: 50,
  deployments: 50,
  replicas: 1,
  oneEntity: true,
  nodes: 4,
};

/** Pages while a cluster is lost or refuses the portal. */
export const outageRead: Benchmark = {
  name: 'outage-read',
  description: 'the same page while one of four clusters hangs or refuses',
  run: () => outageReads({ ...OUTAGE, clusters: 4 }, load),
};

/** What many open pages cost the clusters. */
export const tabs: Benchmark = {
  name: 'tabs',
  description: '200 open pages for a minute: API calls to ten clusters',
  run: () => openTabs({ ...OUTAGE, clusters: 10 }, load),
};

/** A large fleet in one process. */
export const fleetSize: Benchmark = {
  name: 'fleet-changes',
  description:
    '20 clusters × 2000 pods: cold start, memory a pod, 200 pod changes a second',
  run: () =>
    fleetChanges(
      {
        clusters: 20,
        services: 100,
        deployments: 100,
        replicas: 20,
        oneEntity: false,
        nodes: 40,
      },
      load,
    ),
};
