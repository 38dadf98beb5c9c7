import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { isIP } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type SandboxOptions } from './sandbox';
import { createPersistence } from './state';
import { silentLog } from './log';
import { createEndpointTls } from './tls';

jest.setTimeout(120_000);

/** The status of an HTTPS request to a server whose authority is trusted, or the error's code. */
function health(url: string, ca?: string): Promise<number | string> {
  return new Promise(resolve => {
    get(`${url}/_sandbox/health`, { agent: new Agent({ ca }) }, response => {
      response.resume();
      resolve(response.statusCode!);
    }).on('error', error => resolve((error as NodeJS.ErrnoException).code!));
  });
}

describe("the endpoint's certificate", () => {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-tls-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const start = (options: SandboxOptions = {}) =>
    startSandbox({ gatewayPort: 0, ...options });

  it('is trusted by who trusts the authority, under every name of loopback', async () => {
    const sandbox = await start();
    try {
      const { port } = new URL(sandbox.httpsEndpoint);
      expect(sandbox.caFile).toBeUndefined();
      for (const host of ['127.0.0.1', 'localhost']) {
        expect(await health(`https://${host}:${port}`, sandbox.caPem)).toBe(
          200,
        );
      }
      expect(await health(sandbox.httpsEndpoint)).toBe(
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      );
      const offered = await fetch(`${sandbox.control}/ca.pem`);
      expect(offered.headers.get('content-type')).toBe(
        'application/x-pem-file',
      );
      expect(await offered.text()).toBe(sandbox.caPem);
    } finally {
      await sandbox.stop();
    }
  });

  it('is trusted after a restart, until the state is forgotten', async () => {
    const first = await start({ stateDir: directory });
    expect(readFileSync(first.caFile!, 'utf8')).toBe(first.caPem);
    await first.stop();
    const second = await start({ stateDir: directory });
    expect(await health(second.httpsEndpoint, first.caPem)).toBe(200);
    await second.stop();
    const fresh = await start({ stateDir: directory, fresh: true });
    expect(await health(fresh.httpsEndpoint, first.caPem)).not.toBe(200);
    expect(readFileSync(fresh.caFile!, 'utf8')).toBe(fresh.caPem);
    await fresh.stop();
  });

  it.each([
    ['127.0.0.1', ['127.0.0.1', '::1', 'localhost'], ['10.0.0.1']],
    ['10.0.0.1', ['127.0.0.1', '10.0.0.1'], [hostname()]],
    ['cloud.test', ['localhost', 'cloud.test'], ['other.test']],
    ['0.0.0.0', ['localhost', hostname()], ['0.0.0.0']],
  ])('of --host %s names %j', async (host, named, others) => {
    const now = Date.now();
    const { cert, caPem } = await createEndpointTls({
      host,
      now,
      persistence: createPersistence({ log: silentLog }),
    });
    const certificate = new X509Certificate(cert);
    const names = (name: string) =>
      isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name);
    for (const name of named) expect(names(name)).toBe(name);
    for (const name of others) expect(names(name)).toBeUndefined();
    expect(certificate.verify(new X509Certificate(caPem).publicKey)).toBe(true);
    // Longer ones are refused by browsers and by macOS.
    const days = (Date.parse(certificate.validTo) - now) / (24 * 3600_000);
    expect(days).toBeLessThan(398);
  });
});
