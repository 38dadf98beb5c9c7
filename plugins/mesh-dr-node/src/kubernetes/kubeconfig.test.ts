import { execFileSync } from 'node:child_process';
import { selfSigned } from '../__testUtils__/certificate';
import { readKubeconfig } from './kubeconfig';

const { cert, key } = selfSigned({ validMs: 3_600_000 });
const b64 = (text: string) => Buffer.from(text).toString('base64');

const yaml = (user: string, cluster = '') => `
apiVersion: v1
kind: Config
current-context: second
clusters:
- name: other
  cluster: {server: 'https://192.0.2.1:6443'}
- name: kubernetes
  cluster:
    server: https://47.98.1.2:6443
    certificate-authority-data: ${b64(cert)}
${cluster}
contexts:
- name: first
  context: {cluster: other, user: nobody}
- name: second
  context: {cluster: kubernetes, user: somebody}
users:
- name: nobody
- name: somebody
  user:
${user}
`;
const withCertificate = yaml(`    client-certificate-data: ${b64(cert)}
    client-key-data: ${b64(key)}`);

/** In a process of its own: the library is an ES module, which jest does not load in every configuration. */
function readByLibrary(text: string): {
  cluster: { server: string; caData: string };
  user: { certData: string; keyData: string };
} {
  const program = `
    import { KubeConfig } from '@kubernetes/client-node';
    import { readFileSync } from 'node:fs';
    const config = new KubeConfig();
    config.loadFromString(readFileSync(0, 'utf8'));
    console.log(JSON.stringify({
      cluster: config.getCurrentCluster(),
      user: config.getCurrentUser(),
    }));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      input: text,
      cwd: __dirname,
      encoding: 'utf8',
    }),
  );
}

describe('readKubeconfig', () => {
  it("reads the current context as Kubernetes' own library does", () => {
    const access = readKubeconfig(withCertificate);
    const { cluster, user } = readByLibrary(withCertificate);
    expect(access.server.origin).toBe(cluster.server);
    expect(b64(access.ca!)).toBe(cluster.caData);
    expect(b64(access.cert!)).toBe(user.certData);
    expect(b64(access.key!)).toBe(user.keyData);
  });

  it('knows when the client certificate ends', () => {
    const left = readKubeconfig(withCertificate).certificateEnds! - Date.now();
    expect(left).toBeGreaterThan(3_500_000);
    expect(left).toBeLessThanOrEqual(3_600_000);
  });

  it('reads a token', () => {
    expect(readKubeconfig(yaml('    token: abc')).token).toBe('abc');
  });

  it.each([
    ['a program', '    exec: {command: /bin/sh}', "'exec'"],
    ['a plugin', '    auth-provider: {name: x}', "'auth-provider'"],
    ['a file', '    client-certificate: /etc/passwd', "'client-certificate'"],
    ['a token file', '    tokenFile: /etc/passwd', "'tokenFile'"],
    ['another identity', '    as: system:admin', "'as'"],
  ])('refuses %s', (_, user, message) => {
    expect(() => readKubeconfig(yaml(user))).toThrow(message);
  });

  it('refuses to trust every certificate', () => {
    expect(() =>
      readKubeconfig(
        yaml('    token: a', '    insecure-skip-tls-verify: true'),
      ),
    ).toThrow(/verification/);
  });

  it.each([
    ['', /kubeconfig/],
    ['a: [', /not valid YAML/],
    ['clusters: 7', /clusters/],
    ['clusters: []', /no context/],
    [yaml('    client-certificate-data: eA=='), /no certificate/],
  ])(
    'refuses what is no kubeconfig without quoting it: %#',
    (text, message) => {
      expect(() => readKubeconfig(text)).toThrow(message);
    },
  );
});
