import type { Change } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** What the export can be written as, by media type. */
export const AUDIT_FORMATS = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
} as const;

export type AuditFormat = keyof typeof AUDIT_FORMATS;

const COLUMNS: [string, (change: Change) => string | undefined][] = [
  ['id', change => change.id],
  ['requestedAt', change => change.requestedAt],
  ['requestedBy', change => change.requestedBy],
  ['reason', change => change.reason],
  ['mesh', change => change.target.meshId],
  ['service', change => serviceOf(change)],
  ['mode', change => change.intent.mode],
  ['status', change => change.status],
  ['hash', change => change.hash],
  ['approvedBy', change => change.approvedBy],
  ['appliedAt', change => change.appliedAt],
  ['verified', change => change.verified?.detail],
  ['overrides', change => change.overrides?.join(' ')],
  ['findings', change => findingsOf(change)],
  ['rollbackOf', change => change.rollbackOf],
  ['shiftId', change => change.shiftId],
  ['expiresAt', change => change.expiresAt],
  ['error', change => change.error ?? change.returnError],
  ['before', change => change.before],
  ['after', change => change.after],
];

/** The line before all others, if the format has one. */
export function auditHead(format: AuditFormat): string {
  return format === 'csv'
    ? `${COLUMNS.map(([name]) => name).join(',')}\r\n`
    : '';
}

/** A change as one record. CSV follows RFC 4180. */
export function auditLine(format: AuditFormat, change: Change): string {
  return format === 'csv'
    ? `${COLUMNS.map(([, read]) => cell(read(change) ?? '')).join(',')}\r\n`
    : `${JSON.stringify(change)}\n`;
}

function cell(text: string): string {
  // Spreadsheets would run a reason that begins like a formula.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

function serviceOf({ target }: Change): string | undefined {
  return target.scope === 'service'
    ? `${target.namespace}/${target.name}`
    : undefined;
}

function findingsOf({ findings }: Change): string {
  return findings.map(({ severity, id }) => `${severity}:${id}`).join(' ');
}
