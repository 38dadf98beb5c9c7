import type {
  PreflightCheck,
  PreflightReport,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  AlicloudAccounts,
  KubernetesConnector,
  ServiceMesh,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { withDeadline } from '../util/abort';
import {
  apiServerReachable,
  asmPrecheck,
  clusterRunning,
  regionLabels,
  securityGroups,
  versionCompatible,
} from './clusterChecks';
import { PreflightFacts } from './facts';
import {
  cidrOverlap,
  crossRegionBandwidth,
  podRoutesPublished,
  routes,
  vpcAttached,
} from './networkChecks';
import { unknown, type Check } from './outcome';

/** In the order of dependence: the first failure is the one to look at. */
const CHECKS: Check[] = [
  clusterRunning,
  vpcAttached,
  crossRegionBandwidth,
  routes,
  podRoutesPublished,
  cidrOverlap,
  securityGroups,
  apiServerReachable,
  versionCompatible,
  regionLabels,
  asmPrecheck,
];

const CHECK_DEADLINE_MS = 20_000;

/** Answers whether a cluster could join, item by item. Items run side by side and cannot hold each other up. */
export class Preflight {
  constructor(
    private readonly accounts: AlicloudAccounts,
    private readonly connector: KubernetesConnector,
  ) {}

  /**
   * Throws NotFoundError when the mesh does not know the cluster; everything else that goes wrong becomes the status
   * `unknown` of the item it concerns.
   */
  async run(
    account: string,
    mesh: ServiceMesh,
    clusterId: string,
    options: { signal?: AbortSignal } = {},
  ): Promise<PreflightReport> {
    return this.withFacts(account, mesh, clusterId, options, async facts => {
      const checks = await Promise.all(CHECKS.map(check => one(check, facts)));
      const firstFailure = checks.find(({ status }) => status === 'failed');
      return {
        meshId: mesh.serviceMeshId,
        clusterId,
        ranAt: new Date().toISOString(),
        checks,
        ready: !firstFailure,
        ...(firstFailure && { firstFailure }),
      };
    });
  }

  /** One item alone, by the same rules as `run`. */
  inspect(
    account: string,
    mesh: ServiceMesh,
    clusterId: string,
    id: PreflightCheck['id'],
    options: { signal?: AbortSignal } = {},
  ): Promise<PreflightCheck> {
    const check = CHECKS.find(candidate => candidate.id === id)!;
    return this.withFacts(account, mesh, clusterId, options, facts =>
      one(check, facts),
    );
  }

  private async withFacts<T>(
    account: string,
    mesh: ServiceMesh,
    clusterId: string,
    options: { signal?: AbortSignal },
    look: (facts: PreflightFacts) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    const signal = options.signal
      ? AbortSignal.any([options.signal, controller.signal])
      : controller.signal;
    const facts = new PreflightFacts(
      this.accounts.get(account),
      this.connector,
      mesh,
      clusterId,
      signal,
    );
    try {
      await facts.subject();
      return await look(facts);
    } finally {
      controller.abort();
    }
  }
}

async function one(
  check: Check,
  facts: PreflightFacts,
): Promise<PreflightCheck> {
  const { id, title } = check;
  try {
    const outcome = await withDeadline(
      CHECK_DEADLINE_MS,
      `no answer within ${CHECK_DEADLINE_MS / 1000} s`,
      () => check.run(facts),
    );
    return { id, title, ...outcome };
  } catch (error) {
    return {
      id,
      title,
      ...unknown(
        `could not be checked: ${(error as Error).message}`,
        'Repair what the message names, then run the preflight again',
      ),
    };
  }
}
