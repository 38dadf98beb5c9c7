import type { RpcCall } from './call';
import { invalidParameter } from './errors';

/** PageNumber/PageSize as VPC, ECS and the older CEN operations do it. */
export function byPage<T>(call: RpcCall, items: T[]) {
  const PageNumber = call.int('PageNumber', { min: 1, max: 1_000_000 }) ?? 1;
  const PageSize = call.int('PageSize', { min: 1, max: 50 }) ?? 10;
  const start = (PageNumber - 1) * PageSize;
  return {
    items: items.slice(start, start + PageSize),
    page: { PageNumber, PageSize, TotalCount: items.length },
  };
}

/**
 * NextToken paging. The name of the size parameter differs: `MaxResults` mostly, `MaxResult` for VPC route entries,
 * `PageSize` for the tags of CEN. NextToken is left out on the last page.
 */
export function byToken<T>(
  call: RpcCall,
  items: T[],
  options: { sizeName?: string; defaultSize?: number; maxSize?: number } = {},
) {
  const { sizeName = 'MaxResults', defaultSize = 20, maxSize = 100 } = options;
  const size = call.int(sizeName, { min: 1, max: maxSize }) ?? defaultSize;
  const start = decodeToken(call.text('NextToken'));
  const end = start + size;
  return {
    items: items.slice(start, end),
    size,
    total: items.length,
    next:
      end < items.length
        ? {
            NextToken: Buffer.from(`offset:${end}`).toString('base64url'),
          }
        : {},
  };
}

function decodeToken(token: string | undefined): number {
  if (token === undefined) return 0;
  const match = /^offset:(\d+)$/.exec(
    Buffer.from(token, 'base64url').toString('utf8'),
  );
  if (!match) {
    throw invalidParameter('NextToken', 'it was not returned by this call.');
  }
  return Number(match[1]);
}
