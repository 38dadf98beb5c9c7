import { Agent } from 'node:https';
import { RPCClient, ROAClient } from '../account';
import {
  CS_OPERATIONS,
  RPC_VERSIONS,
  type Connection,
  type OfficialClient,
} from './client';

/** The first generation of clients: RPC v1 and ROA v1 signatures, parameters in a form. */
export function popCoreClient(connection: Connection): OfficialClient {
  const { endpoint, accessKeyId, accessKeySecret, ca } = connection;
  const opts = {
    timeout: 20_000,
    ...(ca ? { agent: new Agent({ ca, keepAlive: true }) } : {}),
  };
  const roa = new ROAClient({
    endpoint,
    apiVersion: '2015-12-15',
    accessKeyId,
    accessKeySecret,
    opts,
  });
  return {
    rpc: (product, action, parameters = {}) =>
      new RPCClient({
        endpoint,
        apiVersion: RPC_VERSIONS[product],
        accessKeyId,
        accessKeySecret,
        opts: { ...opts, method: 'POST' },
      }).request(action, parameters),
    cs(operation, id = '', input = {}) {
      const [method, path] = CS_OPERATIONS[operation];
      const isPost = method === 'POST';
      return roa.request(
        method,
        path.replace(':id', id),
        isPost ? {} : input,
        isPost ? JSON.stringify(input) : '',
        { 'content-type': 'application/json' },
      );
    },
  };
}
