import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  CandidateCluster,
  Operation,
  PreflightReport,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  AlicloudAccounts,
  AlicloudError,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { randomUUID } from 'node:crypto';
import type { Lease, Leases } from '../database/Leases';
import type { OperationStore } from '../database/OperationStore';
import type { Fleet } from '../fleet/Fleet';
import { sleep } from '../util/abort';
import { auditOperation } from './auditOperation';
import type { Preflight } from './Preflight';
import {
  asked,
  cancelNote,
  CLEANUP_ASKED,
  isRequest,
  JOIN_ASKED,
  LEAVE_ASKED,
  withNote,
} from './progress';

/** Long enough that a slow poll does not lose the work, short enough that a crashed worker is soon succeeded. */
const LEASE_MS = 20_000;

/** ASM's own words about a member that failed. */
class AsmFailure extends Error {}

/** The operation was ended from outside while this process worked on it. */
class Ended extends Error {}

export interface MembershipOptions {
  pollIntervalMs: number;
  timeoutMs: number;
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * Joins clusters to meshes and takes them out. The wish is stored before ASM is asked, so that whoever finds it running
 * after a restart goes on where it stood.
 */
export class MembershipService {
  private readonly working = new Map<string, Promise<void>>();

  constructor(
    private readonly deps: {
      accounts: AlicloudAccounts;
      auditor: AuditorService;
      fleet: Fleet;
      preflight: Preflight;
      operations: OperationStore;
      leases: Leases;
      logger: LoggerService;
      /** Ends the work of this process; running operations stay running in the store. */
      signal: AbortSignal;
    },
    private readonly options: MembershipOptions,
  ) {}

  /** Clusters that ASM knows and that are no members. Asks ASM: the answer decides about joining, so it must be fresh. */
  async candidates(meshId: string): Promise<CandidateCluster[]> {
    const { account, mesh, members } = await this.deps.fleet.require(meshId);
    const candidates = await this.deps.accounts
      .get(account)
      .asm.describeCandidates({ serviceMeshId: mesh.serviceMeshId });
    // A member whose joining failed can be joined again.
    const joined = new Set(
      members
        .filter(({ state }) => state !== 'failed')
        .map(({ clusterId }) => clusterId),
    );
    return candidates
      .filter(({ clusterId }) => !joined.has(clusterId))
      .map(candidate => ({
        id: candidate.clusterId,
        name: candidate.name,
        region: candidate.regionId,
        vpcId: candidate.vpcId,
        version: candidate.version,
        state: candidate.state,
        forbiddenFlag: candidate.forbiddenFlag,
        ...(candidate.forbiddenInfo && {
          forbiddenInfo: candidate.forbiddenInfo,
        }),
      }));
  }

  async preflight(meshId: string, clusterId: string): Promise<PreflightReport> {
    const { account, mesh } = await this.deps.fleet.require(meshId);
    return this.deps.preflight.run(account, mesh, clusterId);
  }

  /** Starts joining, or returns the operation that is at it already. */
  join(meshId: string, clusterId: string, by: string): Promise<Operation> {
    return this.begin('join', meshId, clusterId, by);
  }

  /** Starts leaving, or returns the operation that is at it already. */
  leave(meshId: string, clusterId: string, by: string): Promise<Operation> {
    return this.begin('leave', meshId, clusterId, by);
  }

  async getOperation(id: string): Promise<Operation> {
    const operation = await this.deps.operations.get(id);
    if (!operation) throw new NotFoundError(`No operation has the id '${id}'`);
    return operation;
  }

  /**
   * Ends a running operation. Before ASM was asked nothing happens any more; afterwards only the waiting ends, because
   * ASM takes neither joining nor leaving back. Throws ConflictError when it has succeeded or failed already.
   */
  async cancel(id: string, by: string): Promise<Operation> {
    const ended = await this.deps.operations.amend(id, stored =>
      stored.status === 'running'
        ? {
            ...withNote(stored, cancelNote(stored, by)),
            status: 'cancelled',
            finishedAt: new Date().toISOString(),
          }
        : undefined,
    );
    if (!ended) throw new NotFoundError(`No operation has the id '${id}'`);
    if (ended.status !== 'cancelled') {
      throw new ConflictError(
        `Operation '${id}' cannot be cancelled: it has ${ended.status} already`,
      );
    }
    return ended;
  }

  /** Takes up running operations that nobody works on: after a restart, or after another replica died. */
  async adopt(): Promise<void> {
    for (const operation of await this.deps.operations.listRunning()) {
      await this.work(operation.id, 'adopted');
    }
  }

  /** Resolves when this process works on nothing any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.working.values());
  }

  private async begin(
    kind: Operation['kind'],
    nameOrId: string,
    clusterId: string,
    requestedBy: string,
  ): Promise<Operation> {
    const { mesh, account } = await this.deps.fleet.require(nameOrId);
    const meshId = mesh.serviceMeshId;
    await this.assertKnown(account, meshId, mesh.name, clusterId);
    return this.deps.leases.hold(
      `begin:${meshId}/${clusterId}`,
      {
        ttlMs: LEASE_MS,
        waitMs: LEASE_MS,
        what: `The membership of cluster '${clusterId}'`,
      },
      async () => {
        const running = await this.deps.operations.findRunning(
          meshId,
          clusterId,
        );
        if (running) return running;
        const operation: Operation = {
          id: randomUUID(),
          kind,
          meshId,
          clusterId,
          status: 'running',
          startedAt: new Date().toISOString(),
          requestedBy,
          progress: [],
        };
        await this.deps.operations.insert(operation);
        await this.work(operation.id, 'begun');
        return operation;
      },
    );
  }

  /** A wish about a cluster that does not exist is refused before anything is stored. */
  private async assertKnown(
    account: string,
    serviceMeshId: string,
    meshName: string,
    clusterId: string,
  ): Promise<void> {
    const { asm } = this.deps.accounts.get(account);
    const [members, candidates] = await Promise.all([
      asm.describeMembers({ serviceMeshId }),
      asm.describeCandidates({ serviceMeshId }),
    ]);
    const known = [...members, ...candidates];
    if (!known.some(cluster => cluster.clusterId === clusterId)) {
      throw new NotFoundError(
        `Cluster '${clusterId}' is not known to ASM mesh '${meshName}'; it knows ${
          known.map(c => `${c.name} (${c.clusterId})`).join(', ') ||
          'no cluster'
        }`,
      );
    }
  }

  /** Starts working on an operation as it is now, unless somebody is at it, or it is over. */
  private async work(id: string, how: 'begun' | 'adopted'): Promise<void> {
    if (this.working.has(id) || this.deps.signal.aborted) return;
    const { auditor, leases, operations } = this.deps;
    const lease = await leases.tryAcquire(`operation:${id}`, LEASE_MS);
    if (!lease) return;
    // Whoever held the lease before may have come to the end.
    const operation = await operations.get(id);
    if (operation?.status !== 'running') {
      await lease.release();
      return;
    }
    // An auditor should see that another process's work was taken over.
    if (how === 'adopted') {
      await auditOperation(auditor, 'membership-resume', operation);
    }
    const task = this.run(operation, lease)
      .catch(error => {
        // Aborted, or the database is gone: the operation stays running and is adopted later.
        if (!this.deps.signal.aborted) {
          this.deps.logger.error(
            `Operation ${id} was interrupted: ${error.message}`,
          );
        }
      })
      .finally(async () => {
        this.working.delete(id);
        await lease.release().catch(() => {});
      });
    this.working.set(id, task);
  }

  private async run(operation: Operation, lease: Lease): Promise<void> {
    const say = async (message: string) => {
      const last = operation.progress[operation.progress.length - 1];
      if (last?.message === message) return;
      operation.progress.push({ at: new Date().toISOString(), message });
      this.deps.logger.info(
        `${operation.kind} of cluster ${operation.clusterId}, mesh ${operation.meshId}: ${message}`,
      );
      if (!(await this.deps.operations.update(operation))) {
        if (isRequest(message)) {
          await this.deps.operations.amend(operation.id, stored =>
            withNote(stored, message),
          );
        }
        throw new Ended();
      }
    };
    const deadline = Date.parse(operation.startedAt) + this.options.timeoutMs;
    try {
      for (;;) {
        const stored = await this.deps.operations.get(operation.id);
        if (stored?.status !== 'running') return;
        const done = await this.step(operation, say);
        if (done) break;
        if (Date.now() > deadline) {
          const last = operation.progress[operation.progress.length - 1];
          throw new Error(
            `ASM gave no verdict within ${Math.round(
              this.options.timeoutMs / 1000,
            )} s (${last?.message ?? 'nothing was heard'}); it may still end`,
          );
        }
        await sleep(this.options.pollIntervalMs, this.deps.signal);
        if (!(await lease.renew())) return;
      }
      operation.status = 'succeeded';
    } catch (error) {
      if (error instanceof Ended) return;
      if (this.deps.signal.aborted) throw error;
      await say(`failed: ${(error as Error).message}`);
      // The preflight is about joining; of a leave ASM's own words are all there is.
      if (operation.kind === 'join') {
        operation.diagnosis = await this.diagnose(operation, error as Error);
      }
      operation.status = 'failed';
    }
    // Before the end is told: who hears of it and looks at the mesh must find it as the operation left it.
    await this.deps.fleet.refresh().catch(() => {});
    operation.finishedAt = new Date().toISOString();
    // Not so when it was cancelled meanwhile, of which there is an event already.
    if (await this.deps.operations.update(operation)) {
      await auditOperation(this.deps.auditor, 'membership-end', operation);
    }
  }

  /** Looks where things stand and does the next thing; true when the goal is reached. */
  private async step(
    operation: Operation,
    say: (message: string) => Promise<void>,
  ): Promise<boolean> {
    const { clusterId, meshId: serviceMeshId } = operation;
    const { account } = await this.deps.fleet.require(serviceMeshId);
    const { asm } = this.deps.accounts.get(account);
    const options = { signal: this.deps.signal };
    const member = (await asm.describeMembers({ serviceMeshId }, options)).find(
      candidate => candidate.clusterId === clusterId,
    );

    if (operation.kind === 'leave') {
      if (!member) {
        await say('the cluster is no member any more');
        return true;
      }
      if (!asked(operation, LEAVE_ASKED)) {
        await asm.removeCluster({ serviceMeshId, clusterId }, options);
        await say(LEAVE_ASKED);
      }
      return false;
    }

    if (member?.state === 'running') {
      await say('ASM reports the member running');
      return true;
    }
    if (member?.state === 'failed') {
      if (asked(operation, JOIN_ASKED)) {
        throw new AsmFailure(member.errorMessage ?? 'ASM gives no reason');
      }
      // Left over from an earlier attempt: ASM takes a member only once.
      if (!asked(operation, CLEANUP_ASKED)) {
        await asm.removeCluster({ serviceMeshId, clusterId }, options);
        await say(CLEANUP_ASKED);
      }
      return false;
    }
    if (!member && !asked(operation, JOIN_ASKED)) {
      try {
        await asm.addCluster({ serviceMeshId, clusterId }, options);
      } catch (error) {
        if (!meshIsBusy(error)) throw error;
        await say('waiting: ASM takes no cluster at the moment');
        return false;
      }
      await say(JOIN_ASKED);
      return false;
    }
    const words = member?.errorMessage ? `: ${member.errorMessage}` : '';
    await say(
      `ASM reports the member ${member?.state ?? 'not yet listed'}${words}`,
    );
    return false;
  }

  private async diagnose(
    operation: Operation,
    error: Error,
  ): Promise<Operation['diagnosis']> {
    const { account, mesh } = await this.deps.fleet.require(operation.meshId);
    const preflight = await this.deps.preflight.run(
      account,
      mesh,
      operation.clusterId,
      { signal: this.deps.signal },
    );
    const { firstFailure } = preflight;
    return {
      summary: firstFailure
        ? [sentence(firstFailure.evidence), firstFailure.fix]
            .filter(Boolean)
            .join('. ')
        : `No item of the preflight explains it. ${error.message}`,
      asmMessage: error.message,
      preflight,
    };
  }
}

/** Refused only for now, e.g. because the mesh is still taking another cluster. Nothing was changed. */
function meshIsBusy(error: unknown): boolean {
  const { busy, throttled, code } = (error ?? {}) as Partial<AlicloudError>;
  return (
    Boolean(busy || throttled) ||
    /StillInitializing|Updating|NotReady|IncorrectStatus/.test(code ?? '')
  );
}
