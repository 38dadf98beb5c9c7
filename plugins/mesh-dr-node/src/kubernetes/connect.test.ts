import { selfSigned } from '../__testUtils__/certificate';
import { kubeconfigFor } from '../__testUtils__/apiServer';
import { recordingLogger } from '../__testUtils__/logger';
import {
  json,
  startScriptedServer,
  type ScriptedServer,
} from '../__testUtils__/scriptedServer';
import { AlicloudError } from '../alicloud/errors';
import type { AckApi, AlicloudAccounts, AsmApi } from '../alicloud/types';
import { createKubernetesConnector } from './connect';

describe('Kubernetes connector', () => {
  let server: ScriptedServer;
  const tls = selfSigned();
  let asked: unknown[];
  let kubeconfig: () => Promise<{ yaml: string; expiresAt?: string }>;

  const connector = (config = {}) =>
    createKubernetesConnector({
      alicloud: {
        names: () => ['prod'],
        get: () => ({
          ack: {
            userKubeconfig: (p: unknown) => {
              asked.push(p);
              return kubeconfig();
            },
          } as unknown as AckApi,
          asm: {
            meshKubeconfig: (p: unknown) => {
              asked.push(p);
              return kubeconfig();
            },
          } as unknown as AsmApi,
        }),
      } as unknown as AlicloudAccounts,
      config: {
        apiServerAccess: 'public',
        allowedApiServers: ['127.0.0.0/8'],
        kubeconfigMinutes: 60,
        ...config,
      },
      logger: recordingLogger(),
    });
  const place = { account: 'prod', regionId: 'cn-hangzhou', clusterId: 'c1' };

  beforeEach(async () => {
    server = await startScriptedServer(tls);
    server.otherwise(json({ gitVersion: 'v1.32.1' }));
    asked = [];
    kubeconfig = async () => ({ yaml: kubeconfigFor(server.url, tls.cert) });
  });
  afterEach(() => server.close());

  it('asks the cloud for the kubeconfig that the access setting wants', async () => {
    await connector().cluster(place).version();
    await connector({ apiServerAccess: 'private', kubeconfigMinutes: 15 })
      .cluster(place)
      .version();
    await connector().mesh({ account: 'prod', serviceMeshId: 'm1' }).version();
    expect(asked).toEqual([
      {
        regionId: 'cn-hangzhou',
        clusterId: 'c1',
        privateIpAddress: false,
        temporaryDurationMinutes: 60,
      },
      {
        regionId: 'cn-hangzhou',
        clusterId: 'c1',
        privateIpAddress: true,
        temporaryDurationMinutes: 15,
      },
      { serviceMeshId: 'm1', privateIpAddress: false },
    ]);
  });

  it('shares a connection', async () => {
    const shared = connector();
    expect(shared.cluster(place)).toBe(shared.cluster({ ...place }));
    await Promise.all([
      shared.cluster(place).version(),
      shared.cluster(place).version(),
    ]);
    expect(asked).toHaveLength(1);
  });

  it('refuses loopback that nobody allowed, before connecting', async () => {
    await expect(
      connector({ allowedApiServers: [] }).cluster(place).version(),
    ).rejects.toMatchObject({
      name: 'NotAllowedError',
      message: expect.stringContaining('meshDr.kubernetes.allowedApiServers'),
    });
    expect(server.requests).toHaveLength(0);
  });

  it('refuses a name that leads to loopback, before sending anything', async () => {
    kubeconfig = async () => ({
      yaml: kubeconfigFor(`https://localhost:${server.port}`, tls.cert),
    });
    await expect(
      connector({ allowedApiServers: [] }).cluster(place).version(),
    ).rejects.toMatchObject({ name: 'NotAllowedError' });
    expect(server.requests).toHaveLength(0);
    await expect(
      connector({ allowedApiServers: ['localhost'] })
        .cluster(place)
        .version(),
    ).resolves.toEqual({ gitVersion: 'v1.32.1' });
  });

  it('refuses a metadata service and plain http', async () => {
    for (const url of ['https://100.100.100.200', 'http://127.0.0.1:1']) {
      kubeconfig = async () => ({ yaml: kubeconfigFor(url, tls.cert) });
      await expect(connector().cluster(place).version()).rejects.toMatchObject({
        name: 'NotAllowedError',
      });
    }
  });

  it('tells a cluster that does not exist', async () => {
    kubeconfig = async () => {
      throw new AlicloudError({
        product: 'cs',
        operation: 'DescribeClusterUserKubeconfig',
        code: 'ErrorClusterNotFound',
        detail: 'cluster not found',
        statusCode: 404,
        kind: 'read',
      });
    };
    await expect(connector().cluster(place).version()).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining('ACK cluster c1 does not exist'),
    });
  });

  it('tries again after the cloud failed once', async () => {
    const good = kubeconfig;
    kubeconfig = async () => {
      throw new Error('cloud is away');
    };
    const connection = connector().cluster(place);
    await expect(connection.version()).rejects.toThrow(/cloud is away/);
    kubeconfig = good;
    await expect(connection.version()).resolves.toEqual({
      gitVersion: 'v1.32.1',
    });
  });
});
