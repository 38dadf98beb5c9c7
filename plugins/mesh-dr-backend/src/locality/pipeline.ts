import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type {
  AlicloudAccounts,
  KubernetesConnector,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { Knex } from 'knex';
import type { MeshDrConfig } from '../config';
import { DatabaseChangeStore } from '../database/DatabaseChangeStore';
import type { Leases } from '../database/Leases';
import { ShiftStore } from '../database/ShiftStore';
import type { Fleet } from '../fleet/Fleet';
import { ShiftRunner } from '../shifts/ShiftRunner';
import { ShiftService } from '../shifts/ShiftService';
import { prometheusOf } from '../metrics/sources';
import { SuccessRates } from '../shifts/SuccessRates';
import type { Notifier } from '../notifications/Notifier';
import type { SignalPublisher } from '../topology/SignalPublisher';
import type { TopologyService } from '../topology/TopologyService';
import { BreakGlass } from './BreakGlass';
import { ChangeApplier } from './ChangeApplier';
import { ChangeDeadlines } from './ChangeDeadlines';
import { ChangeIntake } from './ChangeIntake';
import { ChangeLedger, publicChange } from './ChangeLedger';
import { ChangeLocks } from './ChangeLocks';
import { ChangePlanner } from './ChangePlanner';
import { ChangeReturns } from './ChangeReturns';
import { ChangeService } from './ChangeService';
import { Guardrails } from './Guardrails';
import { MeshRule } from './MeshRule';
import { Previewer } from './Previewer';
import { RuleDriftWatch } from './RuleDriftWatch';
import { RuleWriter } from './RuleWriter';
import { ServiceRule } from './ServiceRule';

/** Everything between a wish for another rule and the rule in force. */
export function createChangePipeline(deps: {
  accounts: AlicloudAccounts;
  auditor: AuditorService;
  config: MeshDrConfig;
  connector: KubernetesConnector;
  db: Knex;
  fleet: Fleet;
  leases: Leases;
  logger: LoggerService;
  notifier: Notifier;
  signals: SignalPublisher;
  topology: TopologyService;
}) {
  const { accounts, connector, fleet, logger, topology } = deps;
  const now = () => Date.now();
  const meshRule = new MeshRule(accounts);
  const serviceRule = new ServiceRule(connector);
  const store = new DatabaseChangeStore(deps.db);
  const ledger = new ChangeLedger(store);
  ledger.onMove(change => {
    const { meshId } = change.target;
    deps.signals.meshChanged(meshId);
    fleet
      .require(meshId)
      .then(({ mesh }) => deps.notifier.changeMoved(publicChange(change), mesh))
      .catch(error =>
        logger.warn(
          `Nobody was told of change ${change.id}: ${(error as Error).message}`,
        ),
      );
  });
  const locks = new ChangeLocks(deps.leases);
  const writer = new RuleWriter(fleet, meshRule, serviceRule);
  const applier = new ChangeApplier({
    ledger,
    locks,
    auditor: deps.auditor,
    logger,
    now,
    writer,
  });
  const { approval } = deps.config;
  const guardrails = new Guardrails(store, deps.config.guardrails, now);
  const shiftStore = new ShiftStore(deps.db, meshId =>
    deps.signals.meshChanged(meshId),
  );
  const planner = new ChangePlanner(
    new Previewer({ fleet, topology, meshRule, serviceRule }),
    guardrails,
    shiftStore,
  );
  const intake = new ChangeIntake({ ledger, applier, approval, now });
  const parts = { ledger, locks, planner, intake, logger, now };
  const returns = new ChangeReturns(parts);
  const changes = new ChangeService({
    ...parts,
    fleet,
    applier,
    guardrails,
  });
  const deadlines = new ChangeDeadlines({ ...deps, changes, returns });
  const rates = new SuccessRates({
    sourceOf: prometheusOf(fleet, deps.config.metrics.prometheus),
    async clustersOf(service, region) {
      const { regions } = await topology.get(service);
      const place = regions.find(item => item.region === region);
      return place?.clusters.map(({ id }) => id) ?? [];
    },
  });
  const shiftParts = { ...parts, store: shiftStore, topology, rates };
  const runner = new ShiftRunner({ ...shiftParts, auditor: deps.auditor });
  const drift = new RuleDriftWatch({
    ...deps,
    ledger,
    locks,
    now,
    writer,
    onChange: meshId => deps.signals.meshChanged(meshId),
  });
  return {
    changes,
    breakGlass: new BreakGlass(
      topology,
      planner,
      now,
      deps.config.breakGlass.sign,
    ),
    shifts: new ShiftService({ ...shiftParts, fleet, runner }),
    /** Looks for rules that were edited elsewhere. */
    lookForDrift: () => drift.look(),
    /** Takes up what a dead process left behind, and what is due by now. */
    async keepGoing(): Promise<void> {
      await applier.resume();
      await deadlines.keep();
      await runner.runDue();
    },
  };
}
