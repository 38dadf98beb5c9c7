import { GVR } from './gvr';
import { runShell } from './shell';
import { deployBookinfo } from './__testUtils__/bookinfo';
import { HANGZHOU, SHANGHAI, World } from './__testUtils__/world';

describe('commands in pods', () => {
  let world: World;

  beforeAll(() => {
    world = new World();
    deployBookinfo(world, 'split');
  });
  afterAll(() => world.stop());
  afterEach(() => world.setReachability({ ok: true, roundTripMs: 27.5 }));

  const remoteIp = () =>
    world.fleet
      .get(SHANGHAI)!
      .storage.list(GVR.pods)
      .find(p => p.metadata.labels?.app === 'ratings')!.status.podIP as string;

  const run = (...command: string[]) => {
    const cluster = world.fleet.get(HANGZHOU)!;
    const pod = world.pod(
      HANGZHOU,
      'job-1',
      'default',
      { app: 'job' },
      {
        name: 'job',
        image: 'busybox',
        command,
        env: [{ name: 'TARGET', value: remoteIp() }],
      },
    );
    return world.podRuntime.run(cluster, pod);
  };
  it('ping reaches a pod of the other region, with its round trip', async () => {
    world.setReachability({ ok: true, roundTripMs: 27.5 });
    const { exitCode, log } = await run('ping', '-c', '3', remoteIp());
    expect(exitCode).toBe(0);
    expect(log).toContain(
      `64 bytes from ${remoteIp()}: seq=2 ttl=62 time=27.500 ms`,
    );
    expect(log).toContain(
      '3 packets transmitted, 3 packets received, 0% packet loss',
    );
  });

  it('ping loses everything when the network drops it', async () => {
    world.setReachability({ ok: false, reason: 'no-bandwidth', detail: '' });
    const { exitCode, log } = await run('ping', '-c', '2', remoteIp());
    expect(exitCode).toBe(1);
    expect(log).toContain(
      '2 packets transmitted, 0 packets received, 100% packet loss',
    );
  });

  it('ping reaches a node, and loses what nobody owns', async () => {
    expect((await run('ping', '-c', '1', '20.1.0.5')).exitCode).toBe(0);
    expect((await run('ping', '-c', '1', '10.99.0.1')).exitCode).toBe(1);
  });

  it('nc tells open from refused from dropped', async () => {
    expect(await run('nc', '-z', '-v', '-w', '2', remoteIp(), '9080')).toEqual({
      exitCode: 0,
      log: `${remoteIp()} (${remoteIp()}:9080) open\n`,
    });
    expect((await run('nc', '-zw2', remoteIp(), '81')).log).toContain(
      'Connection refused',
    );
    world.setReachability({ ok: false, reason: 'security-group', detail: '' });
    expect(await run('nc', '-z', '-w', '2', remoteIp(), '9080')).toEqual({
      exitCode: 1,
      log: 'nc: timed out\n',
    });
  });

  it('wget and curl get pages by service name and by pod address', async () => {
    const page = await run('wget', '-qO-', 'http://ratings:9080/ratings/0');
    expect(JSON.parse(page.log).ratings.Reviewer1).toBe(5);
    const direct = await run('curl', '-s', `http://${remoteIp()}:9080/health`);
    expect(direct).toEqual({
      exitCode: 0,
      log: '{"status":"Ratings is healthy"}',
    });
    const code = await run(
      'curl',
      '-s',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}\\n',
      'ratings:9080/nothing',
    );
    expect(code.log).toBe('404\n');
    expect(await run('curl', '-sf', 'http://ratings:9080/nothing')).toEqual({
      exitCode: 22,
      log: '',
    });
    expect((await run('curl', 'http://nobody:9080/')).exitCode).toBe(6);
    expect((await run('curl', 'http://ratings:1/')).exitCode).toBe(7);
    expect((await run('wget', '-qO-', 'http://nobody/')).log).toContain(
      "bad address 'nobody'",
    );
  });

  it('a shell joins commands and knows the environment', async () => {
    const both = await run(
      'sh',
      '-c',
      'ping -c 1 $TARGET > /dev/null && nc -z -w 2 "$TARGET" 9080 && echo "all good"',
    );
    expect(both).toEqual({ exitCode: 0, log: 'all good\n' });
    expect(
      await run('sh', '-c', 'false && echo no || echo yes; echo end'),
    ).toEqual({
      exitCode: 0,
      log: 'yes\nend\n',
    });
    expect(await run('sh', '-c', 'frobnicate 2>/dev/null')).toEqual({
      exitCode: 127,
      log: 'sh: frobnicate: not found\n',
    });
    expect(await run('ping', '-c', '1', '$(TARGET)')).toMatchObject({
      exitCode: 0,
    });
  });

  it('an unknown program is not found', async () => {
    expect(await run('terraform', 'apply')).toEqual({
      exitCode: 127,
      log: 'exec: "terraform": executable file not found in $PATH\n',
    });
  });

  it('what the shell does not understand is a syntax error', async () => {
    const table = async () => ({ exitCode: 0, output: '' });
    expect(await runShell('ping x | grep y', {}, table)).toEqual({
      exitCode: 2,
      output: 'sh: syntax error: unexpected "|"\n',
    });
    expect((await runShell('echo $(date)', {}, table)).exitCode).toBe(2);
  });
});
