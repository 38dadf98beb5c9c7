import type { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  billedItems,
  type CloudVpc,
  type Environment,
  type EnvironmentDetail,
  type EnvironmentDrift,
  type EnvironmentPreview,
  type EnvironmentRemoval,
  type PutEnvironmentRequest,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  driftOfEnvironment,
  planEnvironment,
  parseEnvironmentSpec,
  planDestroy,
  type AlicloudAccounts,
  type EnvironmentSpec,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type {
  EnvironmentStore,
  StoredEnvironment,
} from '../database/EnvironmentStore';
import type { Expectation } from '../routes/etag';
import type { Leases } from '../database/Leases';

/** A comparison asks the cloud some two hundred things; it is given up after so long. */
const CHECK_TIMEOUT_MS = 3 * 60_000;
/** A comparison younger than this is handed out instead of making another. */
const FRESH_MS = 5_000;

/** The environments that templates made: what they were made from, and how the cloud differs from it. */
export class EnvironmentService {
  private readonly checks = new Map<string, Promise<EnvironmentDrift>>();

  constructor(
    private readonly deps: {
      accounts: AlicloudAccounts;
      store: EnvironmentStore;
      leases: Leases;
      logger: LoggerService;
      signal: AbortSignal;
      /** Compares one environment with the cloud. */
      compare?: typeof driftOfEnvironment;
      now?: () => number;
      /** Told when an environment begins to differ, not again while it does. */
      onDrift?: (
        environment: { name: string; owner?: string },
        drift: EnvironmentDrift,
      ) => Promise<void>;
    },
  ) {}

  async list(): Promise<Environment[]> {
    const stored = await this.deps.store.list();
    return stored.map(item => {
      const { spec: _, ...environment } = toDetail(item);
      return environment;
    });
  }

  /** @throws NotFoundError for an environment that no template made */
  async get(name: string): Promise<EnvironmentDetail> {
    return toDetail(await this.require(name));
  }

  /** @throws InputError when the spec is not valid, or is that of another environment */
  async put(
    name: string,
    request: PutEnvironmentRequest,
    by: string,
    expected?: Expectation,
  ): Promise<Environment> {
    const { spec } = parseEnvironmentSpec(request.spec);
    if (spec.name !== name) {
      throw new InputError(
        `spec.name is '${spec.name}', but the environment is '${name}'; use one name in both`,
      );
    }
    const known = await this.deps.store.get(name);
    expected?.(known && toDetail(known));
    const environment = {
      name,
      account: this.deps.accounts.get(request.account).account,
      owner: request.owner ?? known?.owner,
      status: request.status,
      spec: spec as unknown as Record<string, unknown>,
      parts: request.parts ?? known?.parts ?? { clusters: [], vpcs: [] },
      updatedAt: this.iso(),
      updatedBy: by,
    };
    if (!expected || !known) {
      await this.deps.store.put(environment);
    } else if (!(await this.deps.store.replace(environment, known.updatedAt))) {
      throw await this.overtaken(name, expected);
    }
    const { spec: _, ...stored } = await this.get(name);
    return stored;
  }

  /**
   * What provisioning a spec would do, and what it would cost; reads only.
   *
   * @throws InputError when the spec is not valid, or the cloud cannot do what it asks
   */
  async preview(
    input: Record<string, unknown>,
    signal?: AbortSignal,
  ): Promise<EnvironmentPreview> {
    const { spec } = parseEnvironmentSpec(input);
    const plan = await planEnvironment(
      this.deps.accounts.get(spec.account),
      spec,
      { signal },
    );
    return {
      ...plan,
      resources: plan.resources.map(({ differences: _, ...item }) => item),
      billed: billedItems(spec),
    };
  }

  /**
   * What removing an environment would take away; reads only. It is found by its tags, so that what an interrupted
   * task left without a record is shown as well.
   */
  async planRemoval(
    query: { name: string; account?: string },
    signal?: AbortSignal,
  ): Promise<EnvironmentRemoval> {
    const cloud = this.deps.accounts.get(query.account);
    return await planDestroy(cloud, query.name, { signal });
  }

  /** VPCs of a region with their vSwitches, by name: what a network plan can adopt. */
  async vpcs(query: { region: string; account?: string }): Promise<CloudVpc[]> {
    const cloud = this.deps.accounts.get(query.account);
    const { region: regionId } = query;
    const [vpcs, vswitches] = await Promise.all([
      cloud.vpc.describeVpcs({ regionId }),
      cloud.vpc.describeVSwitches({ regionId }),
    ]);
    return vpcs
      .map(({ vpcId, vpcName, cidrBlock }) => ({
        id: vpcId,
        name: vpcName,
        region: regionId,
        cidr: cidrBlock,
        vswitches: vswitches
          .filter(item => item.vpcId === vpcId)
          .map(item => ({
            id: item.vSwitchId,
            name: item.vSwitchName,
            cidr: item.cidrBlock,
            zone: item.zoneId,
          })),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Forgets an environment; one that is not known is forgotten already. */
  async forget(name: string, expected?: Expectation): Promise<void> {
    const known = await this.deps.store.get(name);
    expected?.(known && toDetail(known));
    const seen = expected && known?.updatedAt;
    if (!(await this.deps.store.delete(name, seen)) && expected) {
      throw await this.overtaken(name, expected);
    }
  }

  /**
   * Compares an environment with the cloud now. Several callers share one comparison; what cannot be compared is an
   * answer, too.
   *
   * @throws ConflictError while it is being provisioned: then everything differs
   */
  async check(name: string): Promise<EnvironmentDrift> {
    const environment = await this.require(name);
    if (environment.status === 'provisioning') {
      throw new ConflictError(
        `Environment '${name}' is being provisioned; compare it when the task has ended`,
      );
    }
    const { drift } = environment;
    if (drift && this.now() - Date.parse(drift.checkedAt) < FRESH_MS) {
      return drift;
    }
    const running = this.checks.get(name);
    if (running) return running;
    const check = this.compare(environment).finally(() =>
      this.checks.delete(name),
    );
    this.checks.set(name, check);
    return check;
  }

  /** Compares every environment, one after the other; for the scheduler. One replica does it for all. */
  async checkAll(): Promise<void> {
    const lease = await this.deps.leases.tryAcquire(
      'environments/drift',
      CHECK_TIMEOUT_MS,
    );
    if (!lease) return;
    try {
      for (const { name, status } of await this.deps.store.list()) {
        if (this.deps.signal.aborted || !(await lease.renew())) return;
        if (status !== 'provisioning') await this.check(name);
      }
    } finally {
      await lease.release();
    }
  }

  private async compare(
    environment: StoredEnvironment,
  ): Promise<EnvironmentDrift> {
    const { accounts, store, logger, compare = driftOfEnvironment } = this.deps;
    const { name } = environment;
    let drift: EnvironmentDrift;
    try {
      const items = await compare(
        accounts.get(environment.account),
        environment.spec as unknown as EnvironmentSpec,
        {
          signal: AbortSignal.any([
            this.deps.signal,
            AbortSignal.timeout(CHECK_TIMEOUT_MS),
          ]),
        },
      );
      drift = { checkedAt: this.iso(), items };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn(`Environment ${name} could not be compared: ${reason}`);
      drift = { checkedAt: this.iso(), items: [], error: reason };
    }
    await store.setDrift(name, environment.updatedAt, drift);
    if (drift.items.length > 0 && !environment.drift?.items.length) {
      await this.deps.onDrift?.(environment, drift);
    }
    return drift;
  }

  /** The error of a writer who looked, and was not the first to write. */
  private async overtaken(name: string, expected: Expectation): Promise<Error> {
    const now = await this.deps.store.get(name);
    expected(now && toDetail(now));
    return new ConflictError(
      `Environment '${name}' was written at the same moment; look at it again and repeat`,
    );
  }

  private async require(name: string): Promise<StoredEnvironment> {
    const environment = await this.deps.store.get(name);
    if (!environment) {
      throw new NotFoundError(
        `No template has made an environment '${name}'; look in the list of environments`,
      );
    }
    return environment;
  }

  private now(): number {
    return (this.deps.now ?? Date.now)();
  }

  private iso(): string {
    return new Date(this.now()).toISOString();
  }
}

function toDetail(stored: StoredEnvironment): EnvironmentDetail {
  const spec = stored.spec as unknown as EnvironmentSpec;
  return {
    ...stored,
    regions: [...new Set(spec.network.vpcs.map(vpc => vpc.region))].sort(),
  };
}
