import type { KubeObject } from '../../contract';
import type { Json } from '../json';
import type { KindRow } from '../kinds';
import { COLUMNS, type Column } from './columns';

/** Kubernetes' short durations: `5s`, `3m12s`, `2d4h`. */
export function age(from: string | undefined, now: number): string {
  if (!from) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now - Date.parse(from)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  const pair = (big: number, bigUnit: string, small: number, unit: string) =>
    small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${unit}`;
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  return days < 8 ? pair(days, 'd', hours % 24, 'h') : `${days}d`;
}

const NAME: Column = {
  name: 'Name',
  format: 'name',
  cell: o => o.metadata.name,
};

const AGE: Column = {
  name: 'Age',
  cell: (o, now) => age(o.metadata.creationTimestamp, now),
};

/** meta.k8s.io/v1 Table, what `kubectl get` prints. */
export function tableOf(
  row: KindRow,
  objects: KubeObject[],
  metadata: Record<string, unknown>,
  include: (object: KubeObject) => Json,
  now: number,
) {
  const own = COLUMNS[row.kind] ?? [];
  const custom = own.some(c => c.name === 'Last Seen' || c.name === 'Name');
  const wide = own.filter(c => c.wide);
  const columns = custom
    ? own
    : [NAME, ...own.filter(c => !c.wide), AGE, ...wide];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(c => ({
      name: c.name,
      type: c.type ?? 'string',
      format: c.format ?? '',
      description: c.name,
      priority: c.wide ? 1 : 0,
    })),
    rows: objects.map(o => ({
      cells: columns.map(c => c.cell(o, now) ?? ''),
      object: include(o),
    })),
  };
}
