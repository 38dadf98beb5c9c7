import { createAlicloudAccounts } from '../alicloud/accounts';
import { UNLIMITED_RATES } from '../alicloud/rates';
import type { Alicloud } from '../alicloud/types';
import { recordingLogger } from './logger';
import {
  json,
  startScriptedServer,
  type ScriptedServer,
} from './scriptedServer';

export const REGION = 'cn-hangzhou';

/** The cloud's answer that something does not exist. */
export const missing = (Code: string, status = 404) =>
  json({ Code, Message: 'no such thing', RequestId: 'r' }, status);

/** For every test of the calling block: a scripted server, and the wrappers of all products towards it. */
export function setUpProducts() {
  let server: ScriptedServer;
  let cloud: Alicloud;

  beforeEach(async () => {
    server = await startScriptedServer();
    const url = server.url;
    cloud = createAlicloudAccounts(
      [
        {
          name: 'test',
          credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
          regions: [REGION],
          endpoints: {
            vpc: url,
            cbn: url,
            ecs: url,
            cs: url,
            servicemesh: url,
            sts: url,
          },
          rates: UNLIMITED_RATES,
        },
      ],
      { logger: recordingLogger(), timing: { maxAttempts: 1 } },
    ).get();
  });
  afterEach(() => server.close());

  return {
    get server() {
      return server;
    },
    get cloud() {
      return cloud;
    },
    /** Parameters of the request with this number. */
    sent: (index = 0) => server.requests[index].params,
  };
}
