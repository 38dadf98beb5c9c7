import { serviceReadPermission } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Router } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AUDIT_FORMATS, auditHead, auditLine } from '../locality/auditExport';
import { auditQuerySchema, parse } from './parse';
import type { RouteServices } from './types';

const PAGE = 200;

/** The history of changes as a file, for those who have to prove it. */
export function addAuditRoutes(router: Router, services: RouteServices): void {
  const { guard, changes, readers } = services;

  router.get(
    '/v1/audit',
    guard(
      {
        permission: serviceReadPermission,
        audit: {
          eventId: 'audit-export',
          severityLevel: 'low',
          meta: req => ({ query: { ...(req.query as object) } }),
        },
      },
      async (req, res, { credentials }) => {
        const { format = 'ndjson', ...query } = parse(
          auditQuerySchema,
          req.query,
        );
        const first = await changes.list({ ...query, limit: PAGE });
        async function* records() {
          yield auditHead(format);
          let page = first;
          for (;;) {
            const items = await readers.among(credentials, page.items);
            for (const change of items) yield auditLine(format, change);
            const { nextCursor: cursor } = page;
            if (!cursor) return;
            page = await changes.list({ ...query, limit: PAGE, cursor });
          }
        }
        res.attachment(`changes.${format}`).type(AUDIT_FORMATS[format]);
        // Page by page: a history of years is not kept in memory for a slow reader.
        await pipeline(Readable.from(records()), res);
      },
    ),
  );
}
