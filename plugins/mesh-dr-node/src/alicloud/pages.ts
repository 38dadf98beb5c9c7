import type { RpcParams } from './params';
import type { AlicloudTransport, RpcCall } from './transport';
import type { RpcProduct } from './operations';
import { integer, objects, text, type JsonObject } from './shape';
import type { CallOptions } from './types';

/** A list that never ends would otherwise be followed for ever. */
const MAX_PAGES = 1_000;

/** Calls an RPC operation that takes PageNumber and PageSize until all elements of `field` are there. */
export async function allByNumber<P extends RpcProduct>(
  transport: AlicloudTransport,
  call: RpcCall<P>,
  field: string,
  options: CallOptions | undefined,
  pageSize = 50,
): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const answer = await transport.rpc(
      withParams(call, { PageNumber: page, PageSize: pageSize }),
      options,
    );
    const part = objects(answer[field]);
    found.push(...part);
    if (part.length === 0) break;
    // Some operations leave the total out; then a short page is the last one.
    const total = integer(answer.TotalCount);
    if (total ? found.length >= total : part.length < pageSize) break;
  }
  return found;
}

/** Calls an RPC operation that answers with NextToken until it answers without. */
export async function allByToken<P extends RpcProduct>(
  transport: AlicloudTransport,
  call: RpcCall<P>,
  read: (answer: JsonObject) => JsonObject[],
  options: CallOptions | undefined,
  limit: RpcParams = {},
): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  let token: string | undefined;
  for (let page = 1; page <= MAX_PAGES; page++) {
    const answer = await transport.rpc(
      withParams(call, { ...limit, NextToken: token }),
      options,
    );
    found.push(...read(answer));
    const next = text(answer.NextToken);
    if (!next || next === token) break;
    token = next;
  }
  return found;
}

function withParams<P extends RpcProduct>(
  call: RpcCall<P>,
  params: RpcParams,
): RpcCall<P> {
  return { ...call, params: { ...call.params, ...params } };
}

/** Runs a deletion; that the thing is gone already counts as done. */
export async function gone(deletion: Promise<unknown>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error as { notFound?: boolean }).notFound) throw error;
  }
}
