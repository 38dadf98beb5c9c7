import { ConflictError } from '@backstage/errors';
import type {
  MissingIngressRule,
  PreflightCheck,
  Repair,
  RepairRequest,
  RepairResult,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  Alicloud,
  AlicloudAccounts,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { isDeepStrictEqual } from 'node:util';
import type { Leases } from '../database/Leases';
import type { Fleet } from '../fleet/Fleet';
import { sleep } from '../util/abort';
import type { Preflight } from './Preflight';

const LEASE_MS = 20_000;

/** How long a request waits for the cloud to show what it took; the preflight tells how things stand later. */
const SETTLE_MS = 30_000;

/**
 * Applies the fix of a preflight check, exactly as the check words it: the check runs again first, so that nothing is
 * changed that was put right meanwhile, and nothing but what it names.
 */
export class Repairs {
  constructor(
    private readonly deps: {
      accounts: AlicloudAccounts;
      fleet: Fleet;
      leases: Leases;
      preflight: Preflight;
      signal: AbortSignal;
      /** Told the mesh whose network was repaired. */
      onRepair(meshId: string): void;
    },
    private readonly options: { pollIntervalMs: number },
  ) {}

  /** Throws ConflictError when the check has no fix that the portal can apply, NotFoundError for an unknown cluster. */
  async apply(
    meshId: string,
    clusterId: string,
    request: RepairRequest,
  ): Promise<RepairResult> {
    const { account, mesh } = await this.deps.fleet.require(meshId);
    const { signal } = this.deps;
    const inspect = () =>
      this.deps.preflight.inspect(account, mesh, clusterId, request.check, {
        signal,
      });
    return this.deps.leases.hold(
      `repair:${account}/${request.check}`,
      { ttlMs: LEASE_MS, waitMs: SETTLE_MS, what: 'The network' },
      async () => {
        const before = await inspect();
        if (before.status === 'passed') {
          return { applied: false, check: before };
        }
        const { repair } = before;
        if (!repair) throw beyondRepair(before);
        await perform(this.deps.accounts.get(account), repair, request);
        this.deps.onRepair(mesh.serviceMeshId);
        return {
          applied: true,
          repair,
          check: await this.settled(repair, inspect),
        };
      },
    );
  }

  /** The check once it passes, names another repair, or the time is up. */
  private async settled(
    done: Repair,
    inspect: () => Promise<PreflightCheck>,
  ): Promise<PreflightCheck> {
    const giveUpAt = Date.now() + SETTLE_MS;
    for (;;) {
      const check = await inspect();
      const next = check.repair && !isDeepStrictEqual(check.repair, done);
      if (check.status === 'passed' || next || Date.now() > giveUpAt) {
        return check;
      }
      await sleep(this.options.pollIntervalMs, this.deps.signal);
    }
  }
}

function beyondRepair(check: PreflightCheck): Error {
  return new ConflictError(
    `The portal cannot repair '${check.id}' itself: ${check.evidence}. ${
      check.fix ?? ''
    }`.trim(),
  );
}

async function perform(
  cloud: Alicloud,
  repair: Repair,
  request: RepairRequest,
): Promise<void> {
  if (repair.kind === 'set-bandwidth') {
    if (request.check !== 'cross-region-bandwidth') return;
    await cloud.cen.updatePeerAttachment({
      transitRouterAttachmentId: repair.attachmentId,
      bandwidth: request.bandwidthMbps,
      bandwidthType: repair.bandwidthType,
    });
    return;
  }
  for (const rules of byGroup(repair.rules)) {
    const [{ region, securityGroupId }] = rules;
    await cloud.ecs.authorizeIngress({
      regionId: region,
      securityGroupId,
      rules: rules.map(({ cidr, caller }) => ({
        sourceCidrIp: cidr,
        description: `pods of ${caller}`,
      })),
    });
  }
}

function byGroup(rules: MissingIngressRule[]): MissingIngressRule[][] {
  const groups = new Map<string, MissingIngressRule[]>();
  for (const rule of rules) {
    const group = groups.get(rule.securityGroupId) ?? [];
    groups.set(rule.securityGroupId, [...group, rule]);
  }
  return [...groups.values()];
}
