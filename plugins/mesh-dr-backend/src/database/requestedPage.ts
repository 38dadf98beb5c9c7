import type { Page } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Knex } from 'knex';
import { decodeCursor, encodeCursor } from './cursor';

const DEFAULT_LIMIT = 50;

/** What was asked for at some time, of a mesh or of one of its services. */
interface RequestedRow {
  id: string;
  requested_at: string;
}

/** Which of them; `cursor` is the `nextCursor` of the page before. */
export interface RequestedQuery {
  meshId?: string;
  namespace?: string;
  name?: string;
  status?: string;
  limit?: number;
  cursor?: string;
}

/** One page of requests, the newest first. Throws InputError for a cursor that is none. */
export async function requestedPage<Row extends RequestedRow, T>(
  table: Knex.QueryBuilder,
  query: RequestedQuery,
  fromRow: (row: Row) => T,
): Promise<Page<T>> {
  const limit = query.limit ?? DEFAULT_LIMIT;
  const rows: Row[] = await table
    .modify(q => {
      if (query.meshId) q.where('mesh_id', query.meshId);
      if (query.namespace) q.where('namespace', query.namespace);
      if (query.name) q.where('name', query.name);
      if (query.status) q.where('status', query.status);
      if (query.cursor) {
        const [at, id] = decodeCursor(query.cursor);
        q.where(after =>
          after
            .where('requested_at', '<', at)
            .orWhere(same =>
              same.where('requested_at', at).where('id', '<', id),
            ),
        );
      }
    })
    .orderBy([
      { column: 'requested_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page[page.length - 1];
  return {
    items: page.map(fromRow),
    ...(rows.length > limit && {
      nextCursor: encodeCursor([last.requested_at, last.id]),
    }),
  };
}
