import type {
  AuditorService,
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { BasicPermission } from '@backstage/plugin-permission-common';
import { authorize, type Need } from '../access/authorize';
import type { ServiceOwnership } from '../access/ServiceOwnership';
import type { ServiceReaders } from '../access/ServiceReaders';
import type { Fleet } from '../fleet/Fleet';
import type { ChangeService } from '../locality/ChangeService';
import type { TopologyService } from '../topology/TopologyService';
import type { SimulationService } from '../whatif/SimulationService';
import { registerProposals } from './proposals';
import { registerReading } from './reading';
import { registerSimulating } from './simulating';

/** What the actions for AI assistants stand on. */
export interface AssistantServices {
  actions: ActionsRegistryService;
  auditor: AuditorService;
  permissions: PermissionsService;
  ownership: ServiceOwnership;
  readers: ServiceReaders;
  fleet: Fleet;
  topology: TopologyService;
  changes: ChangeService;
  simulation: SimulationService;
}

/** Throws NotAllowedError unless the person the assistant works for holds the permission. */
export type Admit = (
  credentials: BackstageCredentials,
  permission: BasicPermission | Need,
) => Promise<void>;

/**
 * Registers what an AI assistant may do for the person it works for, with that person's permissions: read meshes and
 * topology, have the rule in force explained, simulate a loss, preview a rule, and propose a change, which a person then has to approve.
 */
export function registerActions(services: AssistantServices): void {
  const admit: Admit = (credentials, permission) =>
    authorize(
      services.permissions,
      credentials,
      'permission' in permission ? permission : { permission },
    );
  registerReading(services, admit);
  registerSimulating(services, admit);
  registerProposals(services, admit);
}
