import { NotAllowedError } from '@backstage/errors';
import { authorizeInitiator } from './access';
import { INITIATOR, initiatorCredentials } from './__testUtils__/context';
import { createDeps, fakePermissions } from './__testUtils__/deps';

const use = {
  operation: 'environment.provision' as const,
  environment: 'demo',
};
const context = (changes: object = {}) => ({
  getInitiatorCredentials: async () => initiatorCredentials,
  user: { ref: INITIATOR },
  ...changes,
});

describe('authorizeInitiator', () => {
  it("asks about the initiator's own credentials when there is no grant", async () => {
    const access = await authorizeInitiator(context(), createDeps(), use);
    expect(await access.request()).toEqual({ token: `token of ${INITIATOR}` });
  });

  it('refuses who lacks the permission, naming it', async () => {
    const deps = createDeps({
      permissions: fakePermissions(['mesh-dr.environment.provision']),
    });
    await expect(authorizeInitiator(context(), deps, use)).rejects.toThrow(
      `${INITIATOR} may not do environment.provision in environment demo: permission mesh-dr.environment.provision is missing`,
    );
  });

  it("redeems a grant as service, without the initiator's token, which may have expired", async () => {
    const redeemGrant = jest.fn(async () => ({ initiator: INITIATOR }));
    const deps = createDeps({
      meshDr: { redeemGrant } as any,
      permissions: fakePermissions(['mesh-dr.environment.provision']),
    });
    const expired = context({
      getInitiatorCredentials: async () => {
        throw new Error('the token has expired');
      },
    });
    const access = await authorizeInitiator(expired, deps, {
      ...use,
      grant: 'g1',
    });
    expect(redeemGrant).toHaveBeenCalledWith('g1', use, {
      token: 'token of service',
      grant: 'g1',
      signal: undefined,
    });
    expect(await access.request()).toMatchObject({
      token: 'token of service',
      grant: 'g1',
    });
  });

  it('refuses what the grant does not cover', async () => {
    const deps = createDeps({
      meshDr: {
        redeemGrant: async () => {
          throw new NotAllowedError('it was revoked');
        },
      } as any,
    });
    await expect(
      authorizeInitiator(context(), deps, { ...use, grant: 'g1' }),
    ).rejects.toThrow('it was revoked');
  });

  it("refuses somebody else's grant", async () => {
    const deps = createDeps({
      meshDr: {
        redeemGrant: async () => ({ initiator: 'user:default/olivia' }),
      } as any,
    });
    await expect(
      authorizeInitiator(context(), deps, { ...use, grant: 'g1' }),
    ).rejects.toThrow('belongs to user:default/olivia');
  });

  it('asks about the initiator in a dry run, where no grant exists', async () => {
    const deps = createDeps({
      permissions: fakePermissions(['mesh-dr.environment.provision']),
    });
    await expect(
      authorizeInitiator(context({ isDryRun: true }), deps, {
        ...use,
        grant: 'dry-run',
      }),
    ).rejects.toThrow('permission mesh-dr.environment.provision is missing');
  });
});
