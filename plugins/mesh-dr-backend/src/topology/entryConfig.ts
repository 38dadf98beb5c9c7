import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';

/** `meshDr.entry[]`. */
export interface MeshEntry {
  /** Id or name of the mesh; undefined: every mesh. */
  mesh?: string;
  hosts: string[];
  failover?: { how: string; by: string };
}

/** @throws InputError naming the key of a host that is no name */
export function readEntry(config: Config): MeshEntry[] {
  const key = 'meshDr.entry';
  return (config.getOptionalConfigArray(key) ?? []).map((entry, index) => {
    const hosts = entry.getOptionalStringArray('hosts') ?? [];
    const wrong = hosts.find(
      host => !/^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(host),
    );
    if (wrong !== undefined) {
      throw new InputError(
        `${key}[${index}].hosts has '${wrong}', but takes names alone, without scheme, port and path, e.g. shop.example.com`,
      );
    }
    const how = entry.getOptionalString('failover')?.trim();
    return {
      mesh: entry.getOptionalString('mesh'),
      hosts,
      ...(how && { failover: { how, by: `${key}[${index}].failover` } }),
    };
  });
}
