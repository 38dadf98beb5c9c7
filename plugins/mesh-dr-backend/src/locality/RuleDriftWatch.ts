import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { RuleDrift } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { auditOwnDecision } from '../access/ownDecision';
import type { StoredChange } from '../database/ChangeStore';
import type { Fleet } from '../fleet/Fleet';
import type { Notifier } from '../notifications/Notifier';
import { same } from './canonical';
import { publicChange, type ChangeLedger } from './ChangeLedger';
import type { ChangeLocks } from './ChangeLocks';
import { differenceInMemory } from './ruleDifferences';
import type { RuleWriter } from './RuleWriter';

/**
 * Finds rules that somebody edited elsewhere after the last change made here: a rule that silently went away protects
 * nobody. Memory is compared; only what differs there is asked of the API, before anybody is told.
 */
export class RuleDriftWatch {
  constructor(
    private readonly deps: {
      auditor: AuditorService;
      fleet: Pick<Fleet, 'list'>;
      ledger: ChangeLedger;
      locks: ChangeLocks;
      logger: LoggerService;
      notifier: Pick<Notifier, 'ruleDrifted'>;
      now: () => number;
      /** Says that something about a mesh is new. */
      onChange: (meshId: string) => void;
      writer: Pick<RuleWriter, 'verify'>;
    },
  ) {}

  /** Never rejects for the sake of one rule: the others are looked at all the same. */
  async look(): Promise<void> {
    const { fleet, ledger, locks, logger } = this.deps;
    const meshes = new Map(
      (await fleet.list()).map(mesh => [mesh.mesh.serviceMeshId, mesh]),
    );
    for (const change of await ledger.store.listStanding()) {
      const mesh = meshes.get(change.target.meshId);
      const difference = mesh && differenceInMemory(mesh, change.plan);
      const drift = difference && change.drift;
      const settled =
        !mesh ||
        difference === 'unknown' ||
        (difference ? drift && same(strip(drift), difference) : !change.drift);
      if (settled) continue;
      await locks
        // Whoever writes just now is about to change both.
        .tryHold(change.target, () =>
          this.settle(change.id, mesh.mesh.name, difference),
        )
        .catch(error =>
          logger.warn(
            `Change ${
              change.id
            } could not be compared with the rule in force: ${
              (error as Error).message
            }`,
          ),
        );
    }
  }

  private async settle(
    id: string,
    meshName: string,
    difference: Omit<RuleDrift, 'seenAt'> | undefined,
  ): Promise<void> {
    const { auditor, ledger, notifier, now, onChange, writer } = this.deps;
    const change = await ledger.get(id);
    if (change.status !== 'applied') return;
    const { target, plan } = change;
    if (difference && (await writer.verify(target, plan)).ok) return;
    const drift = difference && {
      seenAt: new Date(now()).toISOString(),
      ...difference,
    };
    await ledger.store.setDrift(id, drift);
    onChange(target.meshId);
    await auditOwnDecision(auditor, drift ? 'rule-drift' : 'rule-drift-end', {
      changeId: id,
      target: { ...target },
      ...(drift && { kind: drift.kind }),
    });
    if (drift) {
      await notifier.ruleDrifted(
        { ...publicChange(change as StoredChange), drift },
        { name: meshName },
      );
    }
  }
}

function strip({ kind, fields }: RuleDrift) {
  return { kind, fields };
}
