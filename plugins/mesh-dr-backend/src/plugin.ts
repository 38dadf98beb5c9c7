import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { createConditionAuthorizer } from '@backstage/plugin-permission-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import {
  meshDrPermissions,
  ruleChangePermission,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  alicloudServiceRef,
  kubernetesServiceRef,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { EntityReaders } from './access/EntityReaders';
import { createGuard } from './access/guard';
import { isServiceOwner, serviceResourceType } from './access/serviceRules';
import { ServiceOwnership } from './access/ServiceOwnership';
import { ServiceReaders } from './access/ServiceReaders';
import { ServiceCatalog } from './catalog/ServiceCatalog';
import { registerActions } from './assistant/registerActions';
import { readMeshDrConfig } from './config';
import { DatabaseEnvironmentStore } from './database/EnvironmentStore';
import { DatabaseGrantStore } from './database/GrantStore';
import { Leases } from './database/Leases';
import { openDatabase } from './database/migrate';
import { SnapshotStore } from './database/SnapshotStore';
import { DatabaseOperationStore } from './database/OperationStore';
import { EnvironmentService } from './environments/EnvironmentService';
import { Fleet } from './fleet/Fleet';
import { SnapshotKeeper } from './fleet/SnapshotKeeper';
import { GrantService } from './grants/GrantService';
import { createChangePipeline } from './locality/pipeline';
import { MembershipService } from './membership/MembershipService';
import { NetworkMapService } from './membership/NetworkMapService';
import { Preflight } from './membership/Preflight';
import { Repairs } from './membership/Repairs';
import { TrafficReader } from './metrics/TrafficReader';
import { prometheusOf } from './metrics/sources';
import { Notifier } from './notifications/Notifier';
import { createRouter } from './routes/createRouter';
import { EntryWatch } from './topology/EntryWatch';
import { resolveName } from './topology/resolveName';
import { SignalPublisher } from './topology/SignalPublisher';
import { TopologyService } from './topology/TopologyService';
import { SimulationService } from './whatif/SimulationService';
import { VerificationService } from './verification/VerificationService';

/** Fleet, topology, locality changes and cluster membership of Alibaba Cloud Service Mesh, as REST. */
export const meshDrPlugin = createBackendPlugin({
  pluginId: 'mesh-dr',
  register(env) {
    env.registerInit({
      deps: {
        accounts: alicloudServiceRef,
        actions: actionsRegistryServiceRef,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        connector: kubernetesServiceRef,
        database: coreServices.database,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        rootConfig: coreServices.rootConfig,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
      },
      async init(deps) {
        const { accounts, connector, logger, scheduler } = deps;
        const config = readMeshDrConfig(deps.rootConfig);
        const db = await openDatabase(deps.database);
        const stopping = new AbortController();
        const { signal } = stopping;
        const leases = new Leases(db);

        const fleet = new Fleet({ accounts, connector, logger });
        const snapshots = new SnapshotKeeper({
          fleet,
          logger,
          store: new SnapshotStore(db),
        });
        await snapshots.start();
        const signals = new SignalPublisher(deps.signals);
        fleet.onChange(meshId => signals.meshChanged(meshId));
        const catalog = new ServiceCatalog({
          ...deps,
          clustersOf: meshId => fleet.clustersOf(meshId),
          now: () => Date.now(),
        });
        const entry = new EntryWatch(
          { catalog, fleet, resolve: resolveName },
          config.entry,
        );
        const topology = new TopologyService(fleet, (mesh, service) =>
          entry.facts(mesh, service),
        );
        const network = new NetworkMapService(accounts, fleet);
        const readers = new ServiceReaders({
          catalog,
          entities: new EntityReaders({ ...deps, now: () => Date.now() }),
          fleet,
          topology,
        });
        const notifier = new Notifier({
          catalog,
          logger,
          notifications: deps.notifications,
          approvers: config.approval.approvers,
        });
        const simulation = new SimulationService({
          fleet,
          topology,
          network,
          catalog,
          traffic: new TrafficReader({
            sourceOf: prometheusOf(fleet, config.metrics.prometheus),
            now: () => Date.now(),
          }),
        });

        const pipeline = createChangePipeline({
          ...deps,
          config,
          db,
          fleet,
          leases,
          notifier,
          signals,
          topology,
        });
        const preflight = new Preflight(accounts, connector);
        const membership = new MembershipService(
          {
            accounts,
            auditor: deps.auditor,
            fleet,
            leases,
            logger,
            signal,
            preflight,
            operations: new DatabaseOperationStore(db, meshId =>
              signals.meshChanged(meshId),
            ),
          },
          config.membership,
        );
        const repairs = new Repairs(
          {
            accounts,
            fleet,
            leases,
            preflight,
            signal,
            onRepair: meshId => signals.meshChanged(meshId),
          },
          config.membership,
        );
        const verification = new VerificationService(fleet, topology, {
          ...config.probes,
          signal,
        });
        const environments = new EnvironmentService({
          accounts,
          leases,
          logger,
          signal,
          store: new DatabaseEnvironmentStore(db, name =>
            signals.environmentChanged(name),
          ),
          onDrift: (environment, drift) => notifier.drifted(environment, drift),
        });
        const { permissionsRegistry } = deps;
        const ownership = new ServiceOwnership({ catalog, fleet });
        permissionsRegistry.addPermissions(meshDrPermissions);
        permissionsRegistry.addResourceType({
          resourceRef: serviceResourceType,
          permissions: [ruleChangePermission],
          rules: [isServiceOwner],
          getResources: refs => ownership.load(refs),
        });
        const grants = new GrantService(
          new DatabaseGrantStore(db),
          createConditionAuthorizer(
            permissionsRegistry.getPermissionRuleset(serviceResourceType),
          ),
        );
        const guard = createGuard({ ...deps, grants, readers });
        deps.httpRouter.use(
          createRouter({
            guard,
            ownership,
            readers,
            fleet,
            topology,
            simulation,
            breakGlass: pipeline.breakGlass,
            changes: pipeline.changes,
            shifts: pipeline.shifts,
            membership,
            repairs,
            network,
            verification,
            environments,
            grants,
          }),
        );
        registerActions({
          ...deps,
          fleet,
          ownership,
          readers,
          topology,
          changes: pipeline.changes,
          simulation,
        });
        deps.httpRouter.addAuthPolicy({
          path: '/openapi.yaml',
          allow: 'unauthenticated',
        });

        // Memory belongs to this process, so every replica refreshes its own.
        await scheduler.scheduleTask({
          id: 'fleet-refresh',
          scope: 'local',
          frequency: { milliseconds: config.fleet.refreshIntervalMs },
          timeout: { minutes: 2 },
          fn: () => fleet.refresh(),
        });
        await scheduler.scheduleTask({
          id: 'entry-refresh',
          scope: 'local',
          frequency: { minutes: 1 },
          timeout: { minutes: 1 },
          fn: () => entry.refresh(),
        });
        // Leases decide which replica takes up what was left behind.
        await scheduler.scheduleTask({
          id: 'resume-interrupted-work',
          scope: 'local',
          frequency: { seconds: 10 },
          timeout: { minutes: 10 },
          fn: async () => {
            await pipeline.keepGoing();
            await membership.adopt();
          },
        });
        await scheduler.scheduleTask({
          id: 'rule-drift',
          scope: 'global',
          frequency: { minutes: 1 },
          timeout: { minutes: 1 },
          fn: () => pipeline.lookForDrift(),
        });
        await scheduler.scheduleTask({
          id: 'environment-drift',
          scope: 'global',
          frequency: { minutes: 15 },
          initialDelay: { minutes: 1 },
          timeout: { minutes: 14 },
          fn: () => environments.checkAll(),
        });
        deps.lifecycle.addShutdownHook(async () => {
          stopping.abort(new Error('the backend is shutting down'));
          signals.stop();
          topology.stop();
          await snapshots.stop();
          fleet.stop();
          await membership.idle();
        });
      },
    });
  },
});
