import { AlicloudError } from '../alicloud/errors';
import { UNLIMITED_RATES } from '../alicloud/rates';
import { createTransport, type AlicloudTransport } from '../alicloud/transport';
import { recordingLogger } from './logger';
import { startScriptedServer, type ScriptedServer } from './scriptedServer';

export const KEY = 'testAccessKeyId0';
export const SECRET = 'testAccessKeySecret0';
export const TOKEN = 'testSecurityToken0';

/** For every test of the calling block: a scripted server, a transport towards it, and the calls most tests make. */
export function setUpTransport() {
  let server: ScriptedServer;
  let transport: AlicloudTransport;

  const create = (
    options: Partial<Parameters<typeof createTransport>[0]> = {},
  ) =>
    createTransport({
      credentials: async () => ({
        accessKeyId: KEY,
        accessKeySecret: SECRET,
        securityToken: TOKEN,
      }),
      // The slash at the end must not get into the signed or the sent path.
      endpoints: {
        vpc: `${server.url}/`,
        cbn: server.url,
        cs: `${server.url}/`,
        servicemesh: server.url,
      },
      logger: recordingLogger(),
      rates: UNLIMITED_RATES,
      timing: {
        backoffMs: 2,
        throttledBackoffMs: 4,
        maxBackoffMs: 10,
        deadlineMs: 5_000,
      },
      ...options,
    });

  beforeEach(async () => {
    server = await startScriptedServer();
    transport = create();
  });
  afterEach(async () => {
    transport.close();
    await server.close();
  });

  return {
    get server() {
      return server;
    },
    get transport() {
      return transport;
    },
    /** A test that needs another transport puts it here; what it replaces is closed. */
    set transport(other: AlicloudTransport) {
      transport.close();
      transport = other;
    },
    create,
    /** The error that the call must end with. */
    async failure(call: Promise<unknown>): Promise<AlicloudError> {
      const error = await call.then(
        () => undefined,
        thrown => thrown,
      );
      expect(error).toBeInstanceOf(AlicloudError);
      return error as AlicloudError;
    },
    /** A read. */
    describeVpcs: () =>
      transport.rpc({
        product: 'vpc',
        operation: 'DescribeVpcs',
        regionId: 'cn-hangzhou',
        resource: 'vpc-1',
        params: { RegionId: 'cn-hangzhou' },
      }),
    /** A write, which only a ClientToken makes repeatable. */
    createVpc: (ClientToken?: string) =>
      transport.rpc({
        product: 'vpc',
        operation: 'CreateVpc',
        regionId: 'cn-hangzhou',
        params: { RegionId: 'cn-hangzhou', ClientToken },
      }),
  };
}
