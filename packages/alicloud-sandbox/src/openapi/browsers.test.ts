import { refuseForeignPage } from './browsers';
import type { ApiRequest } from './request';

const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' };

function ask(method: string, headers: Record<string, string>) {
  return refuseForeignPage({ method, headers } as ApiRequest, ['sandbox']);
}

describe('refuseForeignPage', () => {
  it.each(['127.0.0.1:7780', 'localhost:7780', '[::1]:7780', 'sandbox:7780'])(
    'lets a browser see and change things on %s',
    host => {
      expect(ask('GET', { ...BROWSER, host })).toBeUndefined();
      expect(
        ask('POST', { ...BROWSER, host, origin: `http://${host}` }),
      ).toBeUndefined();
    },
  );

  it.each(['evil.example:7780', 'localhost.evil.example', '127.0.0.1.nip.io'])(
    'refuses a browser that took the name %s for ours',
    host => {
      expect(ask('GET', { ...BROWSER, host })).toContain('which is not');
      expect(
        ask('POST', { ...BROWSER, host, origin: `http://${host}` }),
      ).toContain('which is not');
    },
  );

  it('refuses what a page of another origin sends', () => {
    const host = '127.0.0.1:7780';
    for (const foreign of [
      { origin: 'https://evil.example' },
      { origin: 'http://127.0.0.1:3000' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      for (const method of ['POST', 'PUT', 'DELETE']) {
        expect(ask(method, { ...BROWSER, host, ...foreign } as any)).toContain(
          'another origin',
        );
      }
    }
  });

  it('never refuses a program, whatever name it used', () => {
    for (const headers of [
      { host: 'vpc.cn-hangzhou.aliyuncs.com' },
      { host: 'evil.example', 'user-agent': 'curl/8.5.0', accept: '*/*' },
      // Node's own fetch.
      {
        host: 'proxy',
        'user-agent': 'node',
        'sec-fetch-mode': 'cors',
      },
    ]) {
      expect(ask('POST', headers as any)).toBeUndefined();
    }
  });
});
