import type { GrantStore, StoredGrant } from '../database/GrantStore';
import { GrantService } from './GrantService';

describe('GrantService', () => {
  it('ends a grant on time', async () => {
    const rows = new Map<string, StoredGrant>();
    const store = {
      insert: async grant => void rows.set(grant.id, grant),
      get: async id => rows.get(id),
    } as Partial<GrantStore> as GrantStore;
    let now = Date.parse('2026-01-01T00:00:00Z');
    const service = new GrantService(store, () => now);
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
});
