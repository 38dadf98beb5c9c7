import { signedQuery } from '../__testUtils__/wire';
import { createAuthenticator } from './authenticate';
import type { ApiRequest } from './request';
import { newRoleSession } from './temporary';

const MINUTE = 60_000;

describe('temporary credentials', () => {
  const start = Date.now();
  const role = newRoleSession({
    accountId: 1250123456123456,
    roleName: 'portal',
    sessionName: 'task',
    expiresAt: start + 15 * MINUTE,
  });
  let now = start;
  const authenticator = createAuthenticator({
    credentials: { accessKeyId: 'LTAI', accessKeySecret: 'secret' },
    now: () => now,
    session: id => (id === role.accessKeyId ? role : undefined),
  });
  const request = (): ApiRequest => {
    const query = signedQuery(role, {
      Action: 'GetCallerIdentity',
      Timestamp: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
    });
    return {
      method: 'GET',
      rawPath: '/',
      path: '/',
      url: `/?${query}`,
      query: [...new URLSearchParams(query)],
      headers: {},
      body: Buffer.alloc(0),
      form: [],
    };
  };

  it('work until they expire', () => {
    now = start + 14 * MINUTE;
    expect(authenticator.authenticate(request()).role).toMatchObject({
      roleName: 'portal',
      sessionName: 'task',
    });
    now = start + 15 * MINUTE;
    expect(() => authenticator.authenticate(request())).toThrow(
      expect.objectContaining({ code: 'InvalidSecurityToken.Expired' }),
    );
  });
});
