import { createAuthenticator } from './authenticate';
import type { ApiRequest } from './request';
import { Pairs, rpcStringToSign, signRoa, signRpc } from './signature';

const SECRET = 'secret';
const now = () => Date.parse('2026-11-24T09:00:00Z');

const authenticator = () =>
  createAuthenticator({
    credentials: { accessKeyId: 'key', accessKeySecret: SECRET },
    now,
    session: () => undefined,
  });

function request(change: Partial<ApiRequest>): ApiRequest {
  return {
    method: 'POST',
    rawPath: '/',
    url: '/',
    path: '/',
    query: [],
    headers: {},
    body: Buffer.alloc(0),
    form: [],
    ...change,
  };
}

describe('the older Go SDK', () => {
  it('signs ROA products without a nonce', () => {
    const date = new Date(now()).toUTCString();
    const signature = signRoa(
      SECRET,
      [
        'GET',
        'application/json',
        '',
        'application/octet-stream',
        date,
        'x-acs-version:2015-12-15',
        '/clusters',
      ].join('\n'),
    );
    const call = request({
      method: 'GET',
      rawPath: '/clusters',
      url: '/clusters',
      path: '/clusters',
      headers: {
        accept: 'application/json',
        'content-type': 'application/octet-stream',
        date,
        'x-acs-version': '2015-12-15',
        authorization: `acs key:${signature}`,
      },
    });
    const door = authenticator();
    expect(door.authenticate(call).accessKeyId).toBe('key');
    // Without a nonce a request cannot be told from its repetition.
    expect(door.authenticate(call).accessKeyId).toBe('key');
  });

  it('sends RegionId in query and form, and signs it once', () => {
    const signed: Pairs = [
      ['AccessKeyId', 'key'],
      ['RegionId', 'cn-hangzhou'],
      ['SignatureNonce', 'n'],
      ['Timestamp', '2026-11-24T09:00:00Z'],
    ];
    const signature = signRpc(SECRET, rpcStringToSign('POST', signed));
    const call = (inForm: string) =>
      request({
        query: [...signed, ['Signature', signature]],
        form: [['RegionId', inForm]],
      });
    expect(authenticator().authenticate(call('cn-hangzhou')).accessKeyId).toBe(
      'key',
    );
    expect(() => authenticator().authenticate(call('cn-shanghai'))).toThrow(
      /not matched/,
    );
  });
});
