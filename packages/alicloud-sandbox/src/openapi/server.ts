import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxLog } from '../contract';
import type { ControlRouter } from '../control';
import { StateError } from '../state';
import type { Authenticator, Caller } from './authenticate';
import { refuseForeignPage } from './browsers';
import type { CallLog } from './calls';
import type { Cloud } from './cloud';
import { contractOf } from './contracts';
import { checkRoaParameters } from './contracts/check';
import { findRoa, runRpc } from './dispatch';
import { ApiError, roaErrorBody, rpcErrorBody } from './errors';
import type { FaultRule, Faults } from './faults';
import { requestId as newRequestId, withIds } from './ids';
import { Listener, listen } from './listener';
import { RoaProduct, RpcProduct, reads } from './operation';
import { ApiRequest, BodyTooLargeError, readRequest } from './request';
import { TokensInFlight } from './tokens';
import type { Site } from './site';

const CONTROL_PREFIX = '/_sandbox';

interface Answer {
  status: number;
  body: unknown;
  /** Drop the connection instead of answering. */
  reset?: boolean;
  work?: Pick<Work, 'product' | 'action' | 'regionId'>;
}

interface Work {
  product: string;
  action: string;
  regionId?: string;
  /** Holds the call's ClientToken until the returned function is called. */
  claim?(): () => void;
  run(): Answer;
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
  faults: Faults;
  sites: Site[];
  calls: CallLog;
  log: SandboxLog;
}): Promise<Listener> {
  const { host, cloud, rpc, roa, authenticator, control, faults } = options;
  const { sites, calls, log } = options;

  const tokens = new TokensInFlight();

  const planRpc = (
    request: ApiRequest,
    requestId: string,
    caller: Caller,
  ): Work => {
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

  const planRoa = (request: ApiRequest, requestId: string): Work => {
    const { operation, params } = findRoa(roa, request.method, request.path);
    const body = parseJson(request);
    const query = new URLSearchParams(request.query.map(pair => [...pair]));
    const contract = contractOf(roa.contracts, operation.name);
    if (contract) checkRoaParameters(contract, query, body);
    return {
      product: roa.code,
      action: operation.name,
      regionId: body.region_id,
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
  ): Promise<Answer> => {
    const isRoa = request.path !== '/' && request.path !== '';
    const hostId = isRoa ? roa.host : hostOf(rpc, request);
    let work: Work | undefined;
    let release: (() => void) | undefined;
    try {
      const caller = authenticator.authenticate(request);
      work = (isRoa ? planRoa : planRpc)(request, requestId, caller);
      release = work.claim?.();
      const fault = faults.take(work);
      if (fault) await disturb(fault);
      if (fault?.kind === 'reset-before') {
        return { status: 0, body: undefined, reset: true, work };
      }
      const done = { ...withIds(cloud.ids, work.run), work };
      return fault?.kind === 'reset-after' ? { ...done, reset: true } : done;
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
    const { status, body, reset, work } = await answer(request, requestId);
    calls.add({
      time: new Date().toISOString(),
      product: work?.product ?? '',
      operation: work?.action ?? claimedAction(request),
      regionId: work?.regionId ?? '',
      status: reset ? 0 : status,
      code: status < 400 ? '' : codeOf(body),
      durationMs: performance.now() - started,
    });
    if (reset) message.socket.destroy();
    else send(response, status, body);
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

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  if (body === undefined) {
    response.end();
    return;
  }
  response.setHeader('content-type', 'application/json;charset=utf-8');
  response.end(JSON.stringify(body));
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

/** Waits or throws as the rule says. */
async function disturb(fault: FaultRule): Promise<void> {
  if (fault.delayMs) {
    await new Promise(resolve => setTimeout(resolve, fault.delayMs));
  }
  if (fault.kind === 'throttle') {
    throw new ApiError(
      fault.code ?? 'Throttling.User',
      'Request was denied due to user flow control.',
      fault.status ?? 400,
    );
  }
  if (fault.kind === 'error') {
    throw new ApiError(
      fault.code ?? 'ServiceUnavailable',
      'The request has failed due to a temporary failure of the server.',
      fault.status ?? 503,
    );
  }
}
