import { request } from 'node:http';
import { account, control, until } from '../__testUtils__/account';
import { makeMesh, makeSite, connect, makeSites } from '../__testUtils__/guide';
import { startSandbox, type Sandbox } from '../sandbox';

jest.setTimeout(120_000);

const BROWSER = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
};

/** What a browser gets from the address `path`. */
async function open(
  sandbox: Sandbox,
  path = '/',
  headers: Record<string, string> = {},
) {
  const answer = await fetch(`${sandbox.endpoint}${path}`, {
    headers: { ...BROWSER, ...headers },
  });
  return {
    status: answer.status,
    headers: answer.headers,
    text: await answer.text(),
  };
}

describe('the console', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ timeScale: 1000 });
  });
  afterEach(() => sandbox.stop());

  it('is a page for browsers that needs nothing from elsewhere', async () => {
    const { status, headers, text } = await open(sandbox);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain(
      "default-src 'none'",
    );
    expect(headers.get('content-security-policy')).toContain(
      "frame-ancestors 'none'",
    );
    expect(text).toContain('<html lang="en">');
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    for (const address of [
      sandbox.endpoint,
      sandbox.httpsEndpoint,
      sandbox.prometheus,
      sandbox.control,
      sandbox.accessKeyId,
    ]) {
      expect(text).toContain(address);
    }
    expect(text).not.toContain(sandbox.accessKeySecret);
  });

  it('speaks Chinese to those who ask for it', async () => {
    const { text } = await open(sandbox, '/', {
      'accept-language': 'zh-TW,zh;q=0.9,en;q=0.8',
    });
    expect(text).toContain('<html lang="zh-CN">');
    expect(text).toContain('阿里云沙箱');
    expect(text).toContain('华东1（杭州）');
  });

  it('never gets between a client and the cloud', async () => {
    for (const [path, headers] of [
      ['/', { accept: '*/*' }],
      ['/', { accept: 'application/json' }],
      ['/?Action=DescribeVpcs&Version=2016-04-28', {}],
      ['/?AccessKeyId=x&Signature=y', {}],
      ['/', { 'x-acs-action': 'DescribeVpcs' }],
      ['/', { authorization: 'acs x:y' }],
      ['/clusters', {}],
    ] as [string, Record<string, string>][]) {
      const answer = await open(sandbox, path, headers);
      // The cloud's own refusal, in JSON or in XML as the client asks.
      expect(answer.headers.get('content-type')).toMatch(
        /^(application\/json|text\/xml|application\/xml)/,
      );
      expect(answer.text).toMatch(/code/i);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
  });

  it('is not served under a foreign name', async () => {
    const { hostname, port } = new URL(sandbox.endpoint);
    const status = await new Promise(resolve => {
      request(
        { hostname, port, headers: { ...BROWSER, host: 'evil.example' } },
        answer => {
          answer.resume();
          resolve(answer.statusCode);
        },
      ).end();
    });
    expect(status).toBe(403);
  });

  it('shows resources with their states, and names as text only', async () => {
    const cloud = account(sandbox);
    const { VpcId } = await cloud.vpc('CreateVpc', {
      RegionId: 'cn-hangzhou',
      VpcName: '<img src=x onerror=alert(1)>',
    });
    await until('the VPC', async () =>
      (await open(sandbox)).text.includes('>Available<'),
    );
    const { text } = await open(sandbox);
    expect(text).toContain(VpcId);
    expect(text).toContain('&#60;img src=x onerror=alert(1)&#62;');
    expect(text).not.toContain('<img');
    expect(text).toContain('>CreateVpc<');
  });

  it('tells links, members and locality', async () => {
    const cloud = account(sandbox);
    const sites = await makeSites(cloud);
    await connect(cloud, sites);
    const mesh = await makeMesh(cloud, sites.mesh);
    const before = (await open(sandbox)).text;
    expect(before).toContain('cn-hangzhou ↔ cn-shanghai · no bandwidth');
    expect(before).toContain('no members · locality: off');
    await cloud.asm('UpdateMeshFeature', {
      ServiceMeshId: mesh,
      LocalityLoadBalancing: true,
      LocalityLBConf: JSON.stringify({
        failover: [{ from: 'cn-hangzhou', to: 'cn-shanghai' }],
      }),
    });
    expect((await open(sandbox)).text).toContain(
      'locality: failover cn-hangzhou → cn-shanghai',
    );
  });

  it('sends what changed, and nothing twice', async () => {
    const ask = async (seen: Record<string, { hash: string }>) => {
      const pairs = Object.entries(seen).map(
        ([id, { hash }]) => `${id}:${hash}`,
      );
      return (await control(sandbox, `/console?seen=${pairs.join(',')}`)) ?? {};
    };
    const first = await ask({});
    expect(Object.keys(first).sort()).toEqual([
      'calls',
      'clock',
      'faults',
      'gateways',
      'regions',
      'resources',
    ]);
    expect(Object.keys(await ask(first)).filter(id => id !== 'clock')).toEqual(
      [],
    );
    await makeSite(
      account(sandbox),
      'cn-beijing',
      '10.0.0.0/8',
      '10.0.0.0/16',
      'cn-beijing-h',
    );
    const changed = await ask(first);
    expect(Object.keys(changed).sort()).toEqual(
      expect.arrayContaining(['calls', 'regions', 'resources']),
    );
    expect(Object.keys(changed)).not.toContain('faults');
    expect(changed.resources.html).toContain('cn-beijing-h');
  });

  it('lists every fault with a button that mends it', async () => {
    await control(sandbox, '/faults/openapi', 'POST', {
      kind: 'throttle',
      product: 'Vpc',
    });
    await control(sandbox, '/faults/pods', 'POST', {
      mode: 'http-503',
      selector: { app: 'reviews' },
    });
    await control(sandbox, '/faults/regions', 'POST', {
      region: 'cn-shanghai',
    });
    const faults = async () =>
      (await control(sandbox, '/console')).faults.html as string;
    const paths = [...(await faults()).matchAll(/data-path="([^"]+)"/g)].map(
      ([, path]) => path,
    );
    expect(paths).toHaveLength(3);
    expect(await faults()).toContain('selector app=reviews');
    expect((await open(sandbox)).text).toContain('Switch on');
    for (const path of paths) await control(sandbox, path, 'DELETE');
    expect(await faults()).not.toContain('data-path');
    expect((await open(sandbox)).text).not.toContain('Switch on');
  });
});
