import { createConditionAuthorizer } from '@backstage/plugin-permission-node';
import {
  isServiceOwner,
  meshDrConditions,
  type OwnedService,
} from '../access/serviceRules';
import type { GrantStore, StoredGrant } from '../database/GrantStore';
import { GrantService } from './GrantService';

const permits = createConditionAuthorizer<OwnedService>({
  getRuleByName: () => isServiceOwner,
});

function memoryStore() {
  const rows = new Map<string, StoredGrant>();
  return {
    insert: async grant => void rows.set(grant.id, grant),
    get: async id => rows.get(id),
  } as Partial<GrantStore> as GrantStore;
}

describe('GrantService', () => {
  it('ends a grant on time', async () => {
    const store = memoryStore();
    let now = Date.parse('2026-01-01T00:00:00Z');
    const service = new GrantService(store, permits, () => now);
    const { id } = await service.create(
      { environment: '*', operations: ['cluster.join'], durationMinutes: 5 },
      { ref: 'user:default/a', meshRules: false },
    );
    const use = { operation: 'cluster.join' as const, environments: ['any'] };
    now += 5 * 60_000 - 1;
    await expect(service.redeem(id, use)).resolves.toMatchObject({
      initiator: 'user:default/a',
    });
    now += 1;
    await expect(service.redeem(id, use)).rejects.toThrow(
      'expired at 2026-01-01T00:05:00.000Z',
    );
  });

  it('covers the services that its initiator may change, and no others', async () => {
    const service = new GrantService(memoryStore(), permits);
    const { id } = await service.create(
      { environment: '*', operations: ['rule.change'] },
      {
        ref: 'user:default/a',
        meshRules: false,
        ruleConditions: meshDrConditions.isOwner({
          claims: ['group:default/a'],
        }),
      },
    );
    const use = (owner: string) => ({
      operation: 'rule.change' as const,
      environments: ['any'],
      service: {
        meshId: 'm',
        namespace: 'default',
        name: 'reviews',
        components: [{ ref: 'component:default/reviews', owners: [owner] }],
      },
    });
    await expect(service.redeem(id, use('group:default/a'))).resolves.toEqual(
      expect.not.objectContaining({ ruleConditions: expect.anything() }),
    );
    await expect(service.redeem(id, use('group:default/b'))).rejects.toThrow(
      'does not cover service default/reviews, whose rule user:default/a may not change; ask an owner',
    );
  });
});
