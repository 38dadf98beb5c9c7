import { stringify } from 'yaml';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Writes a kubeconfig as ACK and ASM return it: one cluster, one user with a client certificate, one context. */
export function kubeconfigYaml(options: {
  clusterId: string;
  server: string;
  user: string;
  caCert: string;
  clientCert: string;
  clientKey: string;
}): string {
  const context = `${options.user}-${options.clusterId}`;
  return stringify(
    {
      apiVersion: 'v1',
      clusters: [
        {
          cluster: {
            server: options.server,
            'certificate-authority-data': base64(options.caCert),
          },
          name: 'kubernetes',
        },
      ],
      contexts: [
        {
          context: { cluster: 'kubernetes', user: options.user },
          name: context,
        },
      ],
      'current-context': context,
      kind: 'Config',
      preferences: {},
      users: [
        {
          name: options.user,
          user: {
            'client-certificate-data': base64(options.clientCert),
            'client-key-data': base64(options.clientKey),
          },
        },
      ],
    },
    { lineWidth: 0 },
  );
}
