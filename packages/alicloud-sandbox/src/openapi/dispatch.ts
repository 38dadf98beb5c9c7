import { REGIONS } from '../network/regions';
import type { Caller } from './authenticate';
import { RpcCall } from './call';
import type { Cloud } from './cloud';
import { contractOf } from './contracts';
import { checkRpcParameters } from './contracts/check';
import { ApiError, dryRunPassed, missingParameter } from './errors';
import { RoaProduct, RpcProduct, reads } from './operation';
import { withClientToken } from './tokens';

/** RPC is GET and POST; single operations of Service Mesh declare DELETE too. */
const RPC_METHODS = ['GET', 'POST', 'DELETE'];

/** @throws ApiError `UnsupportedHTTPMethod` */
export function checkRpcMethod(method: string): void {
  if (RPC_METHODS.includes(method)) return;
  throw new ApiError(
    'UnsupportedHTTPMethod',
    `This http method is not supported: ${method}. Use GET or POST.`,
  );
}

/** Finds the operation, checks what all operations have in common and runs it. */
export function runRpc(
  products: RpcProduct[],
  cloud: Cloud,
  request: {
    action: string;
    version: string;
    parameters: Map<string, string>;
    requestId: string;
    caller: Caller;
  },
): object {
  const { action, version, parameters, requestId, caller } = request;
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
  const call = new RpcCall(action, parameters, requestId, caller);
  for (const name of operation.required ?? []) requireParameter(call, name);
  checkRegion(call);
  const answer = withClientToken(
    product,
    call,
    cloud,
    () => operation.run(call, cloud) ?? {},
  );
  if (reads(action)) {
    if (contract?.parameters.DryRun && call.isDryRun) throw dryRunPassed();
  } else {
    cloud.store.commit();
  }
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
