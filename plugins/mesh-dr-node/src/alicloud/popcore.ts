/** The typed face of `@alicloud/pop-core`, whose declarations leave out the ROA client and most options. */
import http from 'node:http';
import https from 'node:https';
import RPCClient from '@alicloud/pop-core';

/** A set of keys as pop-core asks for it before every request. */
export interface Credentials {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

export interface PopConfig {
  endpoint: string;
  apiVersion: string;
  credentialsProvider: { getCredentials(): Promise<Credentials> };
}

/** Options of one request that pop-core passes on to its HTTP client. */
export interface PopOptions {
  method?: 'POST';
  /** Milliseconds for connecting and again for the whole answer; 3000 unless told. */
  timeout: number;
  agent: http.Agent;
  beforeRequest(options: http.RequestOptions): http.RequestOptions;
}

export interface PopRpcClient {
  request(
    action: string,
    params: Record<string, string>,
    options: PopOptions,
  ): Promise<unknown>;
}

export interface PopRoaClient {
  request(
    method: string,
    path: string,
    query: Record<string, string>,
    body: string,
    headers: Record<string, string>,
    options: PopOptions,
  ): Promise<unknown>;
}

const pop = RPCClient as unknown as {
  RPCClient: new (config: PopConfig) => PopRpcClient;
  ROAClient: new (config: PopConfig) => PopRoaClient;
};

export const rpcClient = (config: PopConfig) => new pop.RPCClient(config);
export const roaClient = (config: PopConfig) => new pop.ROAClient(config);

const observer = Symbol('observer');

/** What a request that pop-core sends tells about itself; pop-core keeps the status to itself in several cases. */
export interface Observation {
  statusCode?: number;
  /** A connection to the endpoint existed, so the request may have been read. */
  connected: boolean;
}

interface ObservedOptions extends http.RequestOptions {
  [observer]?: (request: http.ClientRequest) => void;
}

/** An agent that hands each request to the observer in its options. */
export function observableAgent(
  protocol: 'http:' | 'https:',
  keepAlive: boolean,
): http.Agent {
  const options: http.AgentOptions = { keepAlive, scheduling: 'lifo' };
  const agent =
    protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
  const target = agent as unknown as {
    addRequest(
      request: http.ClientRequest,
      requestOptions: ObservedOptions,
      ...rest: unknown[]
    ): void;
  };
  const addRequest = target.addRequest.bind(agent);
  target.addRequest = (request, requestOptions, ...rest) => {
    requestOptions[observer]?.(request);
    addRequest(request, requestOptions, ...rest);
  };
  return agent;
}

/** Makes pop-core's request abortable and its outcome visible. */
export function observe(
  signal: AbortSignal,
): [Observation, PopOptions['beforeRequest']] {
  const observation: Observation = { connected: false };
  return [
    observation,
    options => {
      const observed: ObservedOptions = { ...options, signal };
      observed[observer] = request => {
        request.once('socket', socket => {
          if (socket.connecting) {
            socket.once('connect', () => {
              observation.connected = true;
            });
          } else {
            observation.connected = true;
          }
        });
        request.once('response', response => {
          observation.statusCode = response.statusCode;
        });
      };
      return observed;
    },
  ];
}
