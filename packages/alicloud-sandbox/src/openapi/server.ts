import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { SandboxLog } from '../contract';
import type { ControlRouter } from '../control';
import { StateError } from '../state';
import type { Authenticator, Caller } from './authenticate';
import { refuseForeignPage } from './browsers';
import type { CallLog } from './calls';
import type { Cloud } from './cloud';
import { contractOf } from './contracts';
import { checkRoaParameters } from './contracts/check';
import { checkRpcMethod, findRoa, runRpc } from './dispatch';
import { ApiError, roaErrorBody, rpcErrorBody } from './errors';
import type { Answer, Disturbance, Work } from './disturb';
import { requestId as newRequestId, withIds } from './ids';
import { Listener, listen } from './listener';
import { RoaProduct, RpcProduct, reads } from './operation';
import { ApiRequest, BodyTooLargeError, readRequest } from './request';
import { TokensInFlight } from './tokens';
import { toXml, wantsXml } from './xml';
import type { Site } from './site';

const CONTROL_PREFIX = '/_sandbox';

interface Planned extends Work {
  /** Holds the call's ClientToken until the returned function is called. */
  claim?(): () => void;
}

interface Sent extends Answer {
  work?: Work;
}

/**
 * The one port of the cloud, over HTTP and HTTPS: RPC on `/`, the Container Service on its paths, the control API below
 * `/_sandbox`, and what sites take before any of them.
 */
export async function startOpenApiServer(options: {
  host: string;
  port: number;
  tls: { key: string; cert: string };
  cloud: Cloud;
  rpc: RpcProduct[];
  roa: RoaProduct;
  authenticator: Authenticator;
  control: ControlRouter;
  disturb: Disturbance;
  sites: Site[];
  calls: CallLog;
  log: SandboxLog;
}): Promise<Listener> {
  const { host, cloud, rpc, roa, authenticator, control, disturb } = options;
  const { sites, calls, log } = options;

  const tokens = new TokensInFlight();

  const planRpc = (
    request: ApiRequest,
    requestId: string,
    caller: Caller,
  ): Planned => {
    checkRpcMethod(request.method);
    const parameters = new Map([...request.query, ...request.form]);
    const action =
      request.headers['x-acs-action'] ?? parameters.get('Action') ?? '';
    const version =
      request.headers['x-acs-version'] ?? parameters.get('Version') ?? '';
    const product = rpc.find(candidate => candidate.version === version);
    return {
      product: product?.code ?? '',
      action,
      regionId: parameters.get('RegionId'),
      values: [...parameters.values()],
      ...(product && {
        claim: () => tokens.claim(product, action, parameters),
      }),
      run: () => ({
        status: 200,
        body: runRpc(rpc, cloud, {
          action,
          version,
          parameters,
          requestId,
          caller,
        }),
      }),
    };
  };

  const planRoa = (request: ApiRequest, requestId: string): Planned => {
    const { operation, params } = findRoa(roa, request.method, request.path);
    const body = parseJson(request);
    const query = new URLSearchParams(request.query.map(pair => [...pair]));
    const contract = contractOf(roa.contracts, operation.name);
    if (contract) checkRoaParameters(contract, query, body);
    return {
      product: roa.code,
      action: operation.name,
      regionId: body.region_id,
      values: [...Object.values(params), ...query.values(), ...texts(body)],
      run: () => {
        try {
          const answer = operation.run(
            {
              params,
              query,
              body,
              requestId,
            },
            cloud,
          );
          if (!reads(operation.name)) cloud.store.commit();
          return { status: operation.status ?? 200, body: answer };
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          return { status: error.status, body: roaErrorBody(error, requestId) };
        }
      },
    };
  };

  const answer = async (
    request: ApiRequest,
    requestId: string,
    socket: Socket,
  ): Promise<Sent> => {
    const isRoa = request.path !== '/' && request.path !== '';
    const hostId = isRoa ? roa.host : hostOf(rpc, request);
    let work: Planned | undefined;
    let release: (() => void) | undefined;
    try {
      const caller = authenticator.authenticate(request);
      work = (isRoa ? planRoa : planRpc)(request, requestId, caller);
      release = work.claim?.();
      const { run } = work;
      const within = { ...work, run: () => withIds(cloud.ids, run) };
      return { ...(await disturb(within, socket)), work };
    } catch (error) {
      const known =
        error instanceof ApiError
          ? error
          : new ApiError(
              'InternalError',
              error instanceof StateError
                ? error.message
                : 'The request processing has failed due to some unknown error.',
              500,
            );
      if (known !== error) {
        log.warn('request failed', {
          requestId,
          error: error instanceof Error ? error.stack : String(error),
        });
      }
      return {
        status: known.status,
        body: rpcErrorBody(known, requestId, hostId),
        headers: known.headers,
        work,
      };
    } finally {
      release?.();
    }
  };

  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(message);
    for (const site of sites) {
      const page = await site.answer(request);
      if (page) {
        response.writeHead(page.status, page.headers);
        response.end(request.method === 'HEAD' ? undefined : page.body);
        return;
      }
    }
    if (
      request.path === CONTROL_PREFIX ||
      request.path.startsWith(`${CONTROL_PREFIX}/`)
    ) {
      const refusal = refuseForeignPage(request, [host]);
      if (refusal) {
        send(response, 403, { error: { message: refusal } });
        return;
      }
      const { status, body } = await control.handle(
        request.method,
        request.rawPath.slice(CONTROL_PREFIX.length),
        new URLSearchParams(request.query.map(pair => [...pair])),
        request.body.toString('utf8'),
      );
      send(response, status, body);
      return;
    }
    const requestId = withIds(cloud.ids, newRequestId);
    response.setHeader('x-acs-request-id', requestId);
    const started = performance.now();
    const { status, body, reset, headers, work } = await answer(
      request,
      requestId,
      message.socket,
    );
    calls.add({
      time: new Date().toISOString(),
      product: work?.product ?? '',
      operation: work?.action ?? claimedAction(request),
      regionId: work?.regionId ?? '',
      status: reset ? 0 : status,
      code: status < 400 ? '' : codeOf(body),
      durationMs: performance.now() - started,
    });
    if (reset) {
      message.socket.destroy();
    } else if (!headers?.['content-type'] && wantsXml(request)) {
      response.writeHead(status, {
        'content-type': 'text/xml;charset=utf-8',
        ...headers,
      });
      response.end(toXml(body, claimedAction(request)));
    } else {
      send(response, status, body, headers);
    }
  };

  return listen({
    host,
    port: options.port,
    tls: options.tls,
    handler: (message, response) => {
      handle(message, response).catch(error => {
        if (error instanceof BodyTooLargeError) {
          send(response, 413, {
            Code: 'EntityTooLarge',
            Message: 'The body is too large.',
          });
        }
        message.socket.destroy();
      });
    },
  });
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.statusCode = status;
  if (body === undefined) {
    response.end();
    return;
  }
  response.setHeader('content-type', 'application/json;charset=utf-8');
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, value);
  }
  // A body with a type of its own is sent as it is.
  response.end(headers['content-type'] ? body : JSON.stringify(body));
}

/** Every text in a JSON body. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(texts);
}

/** The action that a request names, which need not exist. */
function claimedAction({ headers, query, form }: ApiRequest): string {
  const named = [...query, ...form].find(([name]) => name === 'Action');
  return headers['x-acs-action'] ?? named?.[1] ?? '';
}

/** Alibaba's error code in either spelling. */
function codeOf(body: unknown): string {
  const { Code, code } = (body ?? {}) as { Code?: string; code?: string };
  return Code ?? code ?? '';
}

function parseJson(request: ApiRequest): Record<string, any> {
  if (!request.body.length) return {};
  try {
    const value: unknown = JSON.parse(request.body.toString('utf8'));
    if (value && typeof value === 'object') return value;
  } catch {
    // Reported below, with all other bodies that are no objects.
  }
  throw new ApiError(
    'InvalidParameter.Body',
    'The request body is not a JSON object.',
  );
}

function hostOf(products: RpcProduct[], request: ApiRequest): string {
  const version =
    request.headers['x-acs-version'] ??
    new Map([...request.query, ...request.form]).get('Version');
  return (
    products.find(product => product.version === version)?.host ??
    'aliyuncs.com'
  );
}
