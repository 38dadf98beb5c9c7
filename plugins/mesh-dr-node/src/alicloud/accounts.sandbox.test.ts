import { setUpSandboxCloud } from '../__testUtils__/sandboxCloud';
import { createAlicloudAccounts } from './accounts';

describe('accounts of the sandbox cloud', () => {
  const setup = setUpSandboxCloud();

  it('knows who calls, and refuses wrong keys without telling them', async () => {
    const { account, cloud, logger, sandbox } = setup;
    const identity = await cloud.sts.getCallerIdentity();
    expect(identity.accountId).toMatch(/^\d{16}$/);
    const wrong = createAlicloudAccounts(
      [
        account({
          credentials: {
            accessKeyId: sandbox.accessKeyId,
            accessKeySecret: 'not-the-secret',
          },
        }),
      ],
      { logger },
    ).get();
    for (const call of [
      wrong.vpc.describeRegions(),
      wrong.ack.describeClusters({}),
    ]) {
      const error = await call.catch(thrown => thrown);
      expect(error).toMatchObject({
        name: 'AlicloudError',
        code: 'SignatureDoesNotMatch',
        notFound: false,
        retryable: false,
      });
      expect(error.message).not.toContain(sandbox.accessKeyId);
      expect(error.message).toMatch(
        /Check accessKeyId and accessKeySecret .* meshDr\.alicloud\.accounts/,
      );
    }
    const nobody = createAlicloudAccounts(
      [
        account({
          credentials: { accessKeyId: 'nobody', accessKeySecret: 'x' },
        }),
      ],
      { logger },
    ).get();
    await expect(nobody.asm.describeServiceMeshes()).rejects.toMatchObject({
      code: 'InvalidAccessKeyId.NotFound',
      notFound: false,
    });
  });
});
