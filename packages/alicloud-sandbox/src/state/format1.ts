import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloudRecords } from '../openapi/records';
import { clusterTable, logKey, objectKey, VERSION_KEY } from '../kube/records';
import type { Records } from './records';

/** The one file of format 1: `{format: 1, parts}`, every part as a whole. */
export const FORMAT_1_FILE = 'sandbox.json';

/**
 * Reads a state of format 1, if there is one, into the records of today; false when there is none.
 * @throws Error when the file exists but cannot be used.
 */
export function readFormat1(directory: string, records: Records): boolean {
  const file = join(directory, FORMAT_1_FILE);
  if (!existsSync(file)) return false;
  let snapshot: { format: number; parts: Record<string, any> };
  try {
    snapshot = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(
      `The snapshot ${file} cannot be read (${error}); start with --fresh to begin anew`,
    );
  }
  if (snapshot.format !== 1) {
    throw new Error(
      `The snapshot ${file} has format ${snapshot.format}, this sandbox reads 1; start with --fresh to begin anew`,
    );
  }
  for (const [part, state] of Object.entries(snapshot.parts)) {
    if (part === 'cloud') {
      // Client tokens were dated by the wall clock; here they are as old as the state.
      for (const token of Object.values<any>(state.tokens ?? {})) token.at = 0;
      records.set(part, new Map(cloudRecords(state)));
    } else if (part === 'transitions') {
      records.set(part, transitions(state));
    } else if (part === 'kube') {
      kube(state, records);
    } else {
      records.set(part, new Map([['', state]]));
    }
  }
  return true;
}

/** Pending state changes told what was left of their time; time begins at 0 in the state that is made here. */
function transitions(
  pending: { kind: string; args: object; remainingMs: number }[],
): Map<string, unknown> {
  return new Map(
    pending.map(({ kind, args, remainingMs }, i) => [
      String(i + 1),
      { kind, args, dueAt: remainingMs },
    ]),
  );
}

function kube(
  state: {
    keys?: object;
    clusters?: {
      spec: { id: string };
      port: number;
      certificates: object;
      storage: { resourceVersion: number; objects: any[] };
      logs: Record<string, string>;
    }[];
  },
  records: Records,
): void {
  const clusters = state.clusters ?? [];
  records.set(
    'kube',
    new Map([
      [
        '',
        {
          keys: state.keys,
          clusters: clusters.map(({ spec, port, certificates }) => ({
            spec,
            port,
            certificates,
          })),
        },
      ],
    ]),
  );
  for (const { spec, storage, logs } of clusters) {
    records.set(
      clusterTable(spec.id),
      new Map<string, unknown>([
        [VERSION_KEY, storage.resourceVersion],
        ...storage.objects.map(o => [objectKey(o), o] as const),
        ...Object.entries(logs).map(
          ([uid, text]) => [logKey(uid), text] as const,
        ),
      ]),
    );
  }
}
