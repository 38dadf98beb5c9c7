import type {
  AuditorService,
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  type BasicPermission,
} from '@backstage/plugin-permission-common';
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
  fleet: Fleet;
  topology: TopologyService;
  changes: ChangeService;
  simulation: SimulationService;
}

/** Throws NotAllowedError unless the person the assistant works for holds the permission. */
export type Admit = (
  credentials: BackstageCredentials,
  permission: BasicPermission,
) => Promise<void>;

/**
 * Registers what an AI assistant may do for the person it works for, with that person's permissions: read meshes and
 * topology, have the rule in force explained, simulate a loss, preview a rule, and propose a change, which a person then has to approve.
 */
export function registerActions(services: AssistantServices): void {
  const admit: Admit = async (credentials, permission) => {
    const [{ result }] = await services.permissions.authorize(
      [{ permission }],
      { credentials },
    );
    if (result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(
        `Permission '${permission.name}' is needed for this; ask the people who run the portal's permission policy`,
      );
    }
  };
  registerReading(services, admit);
  registerSimulating(services, admit);
  registerProposals(services, admit);
}
