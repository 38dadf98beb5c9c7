import { createHash } from 'node:crypto';
import { REGIONS } from '../network/regions';
import { RpcCall } from './call';
import type { Cloud } from './cloud';
import { contractOf } from './contracts';
import { checkRpcParameters } from './contracts/check';
import { ApiError, missingParameter } from './errors';
import { RoaProduct, RpcOperation, RpcProduct, reads } from './operation';

/** A client token is forgotten after a day. */
const TOKEN_LIFE_MS = 24 * 3600_000;
/** Parameters that say how a call is sent, not what it asks for. */
const ENVELOPE = new Set([
  'AccessKeyId',
  'Action',
  'ClientToken',
  'Format',
  'Signature',
  'SignatureMethod',
  'SignatureNonce',
  'SignatureType',
  'SignatureVersion',
  'SecurityToken',
  'Timestamp',
  'Version',
]);

/** Finds the operation, checks what all operations have in common and runs it. */
export function runRpc(
  products: RpcProduct[],
  cloud: Cloud,
  request: {
    action: string;
    version: string;
    parameters: Map<string, string>;
    requestId: string;
  },
): object {
  const { action, version, parameters, requestId } = request;
  if (!action) throw missingParameter('Action');
  if (!version) throw missingParameter('Version');
  const product = products.find(candidate => candidate.version === version);
  if (!product) {
    throw new ApiError(
      'InvalidVersion',
      `The specified version ${version} is not valid.`,
    );
  }
  const operation = Object.hasOwn(product.operations, action)
    ? product.operations[action]
    : undefined;
  if (!operation) {
    throw new ApiError(
      'InvalidAction.NotFound',
      `The specified api is not found: ${product.code} ${version} has no action ${action} here. Please check your url and method.`,
      404,
    );
  }
  const contract = contractOf(product.contracts, action);
  if (contract) checkRpcParameters(contract, parameters);
  const call = new RpcCall(action, parameters, requestId);
  for (const name of operation.required ?? []) requireParameter(call, name);
  checkRegion(call);
  const answer = withToken(product, operation, call, cloud);
  if (!reads(action)) cloud.store.commit();
  return { RequestId: requestId, ...answer };
}

/** `Name` or, for lists, `Name.1…`. */
function requireParameter(call: RpcCall, name: string): void {
  if (call.text(name) !== undefined) return;
  for (const key of call.parameters.keys()) {
    if (key.startsWith(`${name}.`)) return;
  }
  throw missingParameter(name);
}

function checkRegion(call: RpcCall): void {
  const regionId = call.text('RegionId');
  if (regionId !== undefined && !REGIONS.has(regionId)) {
    throw new ApiError(
      'InvalidRegionId.NotFound',
      `The specified RegionId ${regionId} does not exist.`,
      404,
    );
  }
}

function withToken(
  product: RpcProduct,
  operation: RpcOperation,
  call: RpcCall,
  cloud: Cloud,
): object {
  const token = operation.idempotent ? call.text('ClientToken') : undefined;
  if (token === undefined) return operation.run(call, cloud) ?? {};
  if (token.length > 64) {
    throw new ApiError(
      'InvalidClientToken.Malformed',
      'The specified ClientToken is longer than 64 characters.',
    );
  }
  const { tokens } = cloud.store.data;
  const key = `${product.code}/${call.action}/${token}`;
  const parameters = fingerprint(call);
  const now = cloud.clock.now();
  for (const [old, use] of Object.entries(tokens)) {
    if (use.at < now - TOKEN_LIFE_MS) delete tokens[old];
  }
  const earlier = tokens[key];
  if (earlier) {
    if (earlier.parameters !== parameters) {
      throw new ApiError(
        'IdempotentParameterMismatch',
        'The request uses the same client token as a previous, but non-identical request.',
      );
    }
    return earlier.answer as object;
  }
  const answer = operation.run(call, cloud) ?? {};
  tokens[key] = { parameters, answer, at: now };
  return answer;
}

function fingerprint(call: RpcCall): string {
  const asked = [...call.parameters]
    .filter(([name]) => !ENVELOPE.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
}

/** The ROA operation for a path, or the gateway's error. */
export function findRoa(product: RoaProduct, method: string, path: string) {
  const wanted = path.split('/').filter(Boolean);
  for (const operation of product.operations) {
    if (operation.method !== method) continue;
    const pattern = operation.path.split('/').filter(Boolean);
    if (pattern.length !== wanted.length) continue;
    const params: Record<string, string> = {};
    const matches = pattern.every((segment, i) => {
      if (!segment.startsWith(':')) return segment === wanted[i];
      params[segment.slice(1)] = wanted[i];
      return true;
    });
    if (matches) return { operation, params };
  }
  throw new ApiError(
    'InvalidApi.NotFound',
    `Specified api is not found: ${method} ${path}. Please check your url and method.`,
    404,
  );
}
