import type { ControlRouter } from '../control';

/** Something that is broken on purpose. */
export interface FaultEntry {
  /** `rules`, `pods`, `nodes`, … */
  where: string;
  description: string;
  /** Path of the control API below which DELETE mends it. */
  path: string;
}

/** Where the floors list what they were told to break. */
const LISTS = ['rules', 'regions', 'zones', 'nodes', 'pods', 'readiness'];

/** Every fault that is switched on, as the control API tells. */
export async function listFaults(
  control: ControlRouter,
): Promise<FaultEntry[]> {
  const lists = await Promise.all(
    LISTS.map(async where => {
      const path = `/faults/${where}`;
      const query = new URLSearchParams();
      const { status, body } = await control.handle('GET', path, query, '');
      const [entries] =
        status === 200 ? Object.values(body as object).filter(isList) : [];
      return (entries ?? []).map((entry: unknown) => ({
        where,
        description: describe(entry),
        path: `${path}/${target(entry)}`,
      }));
    }),
  );
  return lists.flat();
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

function describe(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return String(entry);
  return Object.entries(entry)
    .filter(([name, value]) => name !== 'id' && value !== undefined)
    .map(([name, value]) => `${name} ${print(value)}`)
    .join(', ');
}

function print(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([name, inner]) => `${name}=${inner}`)
        .join(' ')
    : String(value);
}

function target(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) {
    return encodeURIComponent(String(entry));
  }
  const { id, node, clusterId } = entry as Record<string, string>;
  return node && clusterId
    ? `${encodeURIComponent(node)}?clusterId=${encodeURIComponent(clusterId)}`
    : encodeURIComponent(id);
}
