import type { RpcCall } from './call';
import type { Cloud } from './cloud';
import type { Contracts } from './contracts';

/** One RPC operation: what must be given, and what it does. The answer is sent with a RequestId added. */
export interface RpcOperation {
  /** Parameters without which the product refuses the call; those of its contract are the gateway's to ask for. */
  required?: string[];
  run(call: RpcCall, cloud: Cloud): object | void;
}

/** A product in RPC style, found by its version. */
export interface RpcProduct {
  code: string;
  version: string;
  /** `HostId` in errors. */
  host: string;
  /** Has an endpoint in every region: a ClientToken there is unknown to the others. */
  regional?: boolean;
  /** The code for a ClientToken whose first call has not ended yet. */
  tokenProcessing?: string;
  /** What the operations take and answer. */
  contracts: Contracts;
  operations: Record<string, RpcOperation>;
}

/** A call in ROA style: path parameters, query and JSON body. */
export interface RoaCall {
  params: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, any>;
  requestId: string;
}

export interface RoaOperation {
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `:name` segments are parameters. */
  path: string;
  /** HTTP status of success; default 200. */
  status?: number;
  run(call: RoaCall, cloud: Cloud): unknown;
}

export interface RoaProduct {
  code: string;
  version: string;
  host: string;
  contracts: Contracts;
  operations: RoaOperation[];
}

/** Operations that only read need no commit. */
export function reads(name: string): boolean {
  return /^(Describe|List|Check|Get)/.test(name);
}
