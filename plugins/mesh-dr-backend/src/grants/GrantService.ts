import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { PolicyDecision } from '@backstage/plugin-permission-common';
import {
  ruleChangePermission,
  type CreateGrantRequest,
  type Grant,
  type GrantOperation,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { randomBytes } from 'node:crypto';
import {
  createMeshDrConditionalDecision,
  type OwnedService,
} from '../access/serviceRules';
import type { GrantStore, StoredGrant } from '../database/GrantStore';

const DEFAULT_DURATION_MINUTES = 240;

type ServiceConditions = Parameters<typeof createMeshDrConditionalDecision>[1];

/** What a grant is to be used for. */
export interface GrantUse {
  operation: GrantOperation;
  /** Names the environment goes by; one of them, or `*`, has to be the grant's. */
  environments: string[];
  /** The use changes the rule of a whole mesh. */
  meshRule?: boolean;
  /** The use changes the rule of this service. */
  service?: OwnedService;
}

/** What the initiator of a grant was allowed when asking for it. */
export interface GrantInitiator {
  ref: string;
  meshRules: boolean;
  ruleConditions?: StoredGrant['ruleConditions'];
}

/**
 * Operation grants: a long task asks for one with its initiator's credentials and goes on in the initiator's name after
 * the initiator's token has expired. Who may ask, and that only services redeem, is decided around this service.
 */
export class GrantService {
  constructor(
    private readonly store: GrantStore,
    /** Whether a decision of the permission policy lets the service be changed. */
    private readonly permits: (
      decision: PolicyDecision,
      service: OwnedService,
    ) => boolean,
    private readonly now: () => number = Date.now,
  ) {}

  async create(
    request: CreateGrantRequest,
    initiator: GrantInitiator,
  ): Promise<Grant> {
    const createdAt = this.now();
    const minutes = request.durationMinutes ?? DEFAULT_DURATION_MINUTES;
    const grant: StoredGrant = {
      // The id is a bearer secret among services, hence from the cryptographic source.
      id: randomBytes(24).toString('base64url'),
      initiator: initiator.ref,
      environment: request.environment,
      operations: [...new Set(request.operations)],
      meshRules: initiator.meshRules,
      ruleConditions: initiator.ruleConditions,
      createdAt: new Date(createdAt).toISOString(),
      expiresAt: new Date(createdAt + minutes * 60_000).toISOString(),
    };
    await this.store.insert(grant);
    return publicGrant(grant);
  }

  /** Throws NotAllowedError that says why when the grant does not cover the use now. */
  async redeem(id: string, use: GrantUse): Promise<Grant> {
    const grant = await this.store.get(id);
    if (!grant) {
      throw new NotAllowedError(
        'The operation grant is unknown; start the task again to obtain a new one',
      );
    }
    const about = `The operation grant of ${grant.initiator} for environment '${grant.environment}'`;
    if (grant.revokedAt) {
      throw new NotAllowedError(`${about} was revoked at ${grant.revokedAt}`);
    }
    if (Date.parse(grant.expiresAt) <= this.now()) {
      throw new NotAllowedError(
        `${about} expired at ${grant.expiresAt}; start the task again to obtain a new one`,
      );
    }
    if (!grant.operations.includes(use.operation)) {
      throw new NotAllowedError(
        `${about} does not cover '${
          use.operation
        }', only ${grant.operations.join(', ')}`,
      );
    }
    if (
      grant.environment !== '*' &&
      !use.environments.includes(grant.environment)
    ) {
      throw new NotAllowedError(
        `${about} does not cover ${use.environments
          .map(name => `'${name}'`)
          .join(' or ')}`,
      );
    }
    if (use.meshRule && !grant.meshRules) {
      throw new NotAllowedError(
        `${about} does not cover rules of a whole mesh, because ${grant.initiator} was not allowed to change them when it was given`,
      );
    }
    if (
      use.service &&
      grant.ruleConditions &&
      !this.permits(
        createMeshDrConditionalDecision(
          ruleChangePermission,
          grant.ruleConditions as ServiceConditions,
        ),
        use.service,
      )
    ) {
      const { namespace, name } = use.service;
      throw new NotAllowedError(
        `${about} does not cover service ${namespace}/${name}, whose rule ${grant.initiator} may not change; ask an owner of the service to start the task`,
      );
    }
    return publicGrant(grant);
  }

  async list(initiator?: string): Promise<Grant[]> {
    return (await this.store.list(initiator)).map(publicGrant);
  }

  async get(id: string): Promise<Grant> {
    const grant = await this.store.get(id);
    if (!grant) {
      throw new NotFoundError('No operation grant has this id');
    }
    return publicGrant(grant);
  }

  async revoke(id: string): Promise<Grant> {
    await this.store.revoke(id, new Date(this.now()).toISOString());
    return this.get(id);
  }
}

function publicGrant(stored: StoredGrant): Grant {
  const { meshRules: _, ruleConditions: __, ...grant } = stored;
  return grant;
}
