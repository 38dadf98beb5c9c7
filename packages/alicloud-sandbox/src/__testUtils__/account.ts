import popCore from '@alicloud/pop-core';
import type { Sandbox } from '../sandbox';

/** pop-core's declarations leave out the ROA client and most options. */
export const { RPCClient, ROAClient } = popCore as unknown as Record<
  'RPCClient' | 'ROAClient',
  new (config: Record<string, unknown>) => any
>;

/** Answers of the cloud are as they come: the tests look at single fields. */
export type Answer = any;

export type Rpc = (
  action: string,
  parameters?: Record<string, unknown>,
) => Promise<Answer>;

/** What a pop-core error carries. */
export interface CloudError extends Error {
  code?: string;
  data?: Record<string, unknown>;
  result?: Record<string, unknown>;
  statusCode?: number;
  entry?: { response: { statusCode: number } };
}

/** One pop-core client a product, over plain HTTP. */
export function account(sandbox: Sandbox) {
  const { endpoint, accessKeyId, accessKeySecret } = sandbox;
  const rpc = (apiVersion: string): Rpc => {
    const client = new RPCClient({
      endpoint,
      apiVersion,
      accessKeyId,
      accessKeySecret,
      opts: { method: 'POST', timeout: 20_000 },
    });
    return (action, parameters = {}) => client.request(action, parameters);
  };
  const cs = new ROAClient({
    endpoint,
    apiVersion: '2015-12-15',
    accessKeyId,
    accessKeySecret,
    opts: { timeout: 20_000 },
  });
  const json = { 'content-type': 'application/json' };
  return {
    vpc: rpc('2016-04-28'),
    cen: rpc('2017-09-12'),
    ecs: rpc('2014-05-26'),
    asm: rpc('2020-01-11'),
    sts: rpc('2015-04-01'),
    ack: {
      get: (path: string, query: Record<string, unknown> = {}) =>
        cs.request('GET', path, query, '', json) as Promise<Answer>,
      post: (path: string, body: unknown) =>
        cs.request(
          'POST',
          path,
          {},
          JSON.stringify(body),
          json,
        ) as Promise<Answer>,
      put: (path: string, body: unknown) =>
        cs.request(
          'PUT',
          path,
          {},
          JSON.stringify(body),
          json,
        ) as Promise<Answer>,
      delete: (path: string, query: Record<string, unknown> = {}) =>
        cs.request('DELETE', path, query, '', json) as Promise<Answer>,
    },
  };
}

export type Account = ReturnType<typeof account>;

/** Asks until the answer is truthy. Throws, naming what was waited for, after 20 s. */
export async function until<T>(
  what: string,
  ask: () => Promise<T> | T,
): Promise<NonNullable<Awaited<T>>> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** The error that the call must end with. */
export async function failure(call: Promise<unknown>): Promise<CloudError> {
  try {
    await call;
  } catch (error) {
    return error as CloudError;
  }
  throw new Error('The call was expected to fail');
}

/** The control API's answer. */
export async function control(
  sandbox: Sandbox,
  path: string,
  method = 'GET',
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(`${sandbox.control}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status === 204 ? undefined : response.json();
}

/** From now on simulated time passes so many times as fast. At 1 what is asked stays in progress, to be looked at. */
export const runAt = (sandbox: Sandbox, timeScale: number) =>
  control(sandbox, '/clock', 'POST', { timeScale });
