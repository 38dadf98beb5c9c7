import { randomInt } from 'node:crypto';
import { createSource, type SeededSource } from '../random';
import type { KindRow } from './kinds';

/** The suffix alphabet of Kubernetes: no vowels, no characters that look alike. */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Uids and generated names of one cluster: they follow from the seed and from what they are for. */
export class Names {
  constructor(
    private readonly source: SeededSource = createSource(randomInt(2 ** 47)),
  ) {}

  uid(row: KindRow, namespace: string | undefined, name: string): string {
    return this.source.uuid(
      `${row.group}/${row.plural}/${namespace ?? ''}/${name}`,
    );
  }

  /** `prefix` and a suffix of `length` characters. */
  generated(
    row: KindRow,
    namespace: string | undefined,
    prefix: string,
    length = 5,
  ): string {
    const scope = `${row.group}/${row.plural}/${namespace ?? ''}/${prefix}*`;
    return `${prefix}${this.source.text(scope, length, SUFFIX_ALPHABET)}`;
  }
}
