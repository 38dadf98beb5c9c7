import type { KubeObject } from '../../contract';
import type { Json } from '../json';
import type { KindRow } from '../kinds';
import { AGE, COLUMNS, type Column } from './columns';

const NAME: Column = {
  name: 'Name',
  format: 'name',
  cell: o => o.metadata.name,
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
    : [
        NAME,
        ...own.filter(c => !c.wide),
        ...(own.includes(AGE) ? [] : [AGE]),
        ...wide,
      ];
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
