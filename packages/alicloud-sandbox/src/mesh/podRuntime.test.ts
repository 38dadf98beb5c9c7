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

  it('curl knows the options of probes', async () => {
    const at = 'http://ratings:9080/ratings/0';
    const head = await run('curl', '-sI', at);
    expect(head.log).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(head.log).not.toContain('Reviewer1');
    expect((await run('curl', '-si', at)).log).toContain(
      'content-type: application/json\r\n',
    );
    const posted = await run(
      'curl',
      '-s',
      '-H',
      'content-type: application/json',
      '-H',
      'x-a: 1',
      '-d',
      '{"Reviewer1":2}',
      at,
    );
    expect(JSON.parse(posted.log).ratings).toEqual({ Reviewer1: 2 });
    const many =
      '%{http_code} %{size_download} %{remote_port} %{num_redirects}';
    const health = ['curl', '-so', '/dev/null', '-w', many];
    expect((await run(...health, 'ratings:9080/health')).log).toBe(
      '200 31 9080 0',
    );
    expect(await run('curl', '--frobnicate', at)).toEqual({
      exitCode: 2,
      log: 'curl: option --frobnicate: is unknown\n',
    });
    expect((await run('curl')).exitCode).toBe(2);
    expect((await run('curl', '-s', '-m')).exitCode).toBe(2);
    expect((await run('curl', 'ftp://ratings/')).exitCode).toBe(1);
    expect((await run('curl', '-k', 'https://ratings:9080/')).exitCode).toBe(
      35,
    );
    expect((await run('curl', 'https://ratings:1/')).exitCode).toBe(7);
    const refused = await run(
      'curl',
      '-sS',
      '-w',
      '%{http_code}',
      'ratings:1/',
    );
    expect(refused.exitCode).toBe(7);
    expect(refused.log).toMatch(/Failed to connect to ratings port 1.*\n000$/);
    expect(
      await run('curl', '-s', '--fail-with-body', 'ratings:9080/nothing'),
    ).toEqual({ exitCode: 22, log: '{"error":"not found"}' });
  });

  it('curl and wget follow redirections when they should', async () => {
    const login = 'http://productpage:9080/logout';
    expect((await run('curl', '-s', '-w', '%{http_code}', login)).log).toBe(
      '302',
    );
    const page = await run('curl', '-sL', '-w', '%{num_redirects}', login);
    expect(page.log).toContain('The Comedy of Errors');
    expect(page.log).toMatch(/1$/);
    expect((await run('wget', '-qO-', login)).log).toContain('Comedy');
  });

  it('wget says what it does unless it is told to be quiet', async () => {
    const at = 'http://ratings:9080/health';
    const seen = await run('wget', '-S', '-O', '/dev/null', at);
    expect(seen.log).toMatch(
      /^Connecting to ratings:9080 \(172\.16\.0\.\d+:9080\)\n {2}HTTP\/1.1 200 OK\n$/,
    );
    expect((await run('wget', '--spider', '-T', '2', at)).log).toContain(
      'remote file exists',
    );
    expect(await run('wget', '-q', 'http://ratings:9080/no')).toEqual({
      exitCode: 1,
      log: 'wget: server returned error: HTTP/1.1 404 Not Found\n',
    });
    expect((await run('wget', '--frob', at)).exitCode).toBe(1);
  });

  it('ping keeps to its deadline, interval and size', async () => {
    const { exitCode, log } = await run(
      ...[
        'ping',
        '-q',
        '-c',
        '9',
        '-i',
        '2',
        '-w',
        '5',
        '-s',
        '100',
        remoteIp(),
      ],
    );
    expect(exitCode).toBe(0);
    expect(log).toContain(': 100 data bytes');
    expect(log).toContain('3 packets transmitted, 3 packets received');
    expect(log).not.toContain('seq=');
    expect((await run('ping', '-Z', 'x')).log).toBe(
      'ping: unrecognized option: Z\n',
    );
    expect((await run('nc', '-zY', 'x', '1')).log).toBe(
      'nc: unrecognized option: Y\n',
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
