/** Instance families: the sizes they come in, and how many zones have them. */
interface Family {
  sizes: string[];
  /** Of a hundred zones, how many know the family at all. */
  zones: number;
  /** Of a hundred types of a zone, how many are sold out. */
  soldOut: number;
}

const COMMON = ['large', 'xlarge', '2xlarge', '4xlarge'];
const BIG = ['8xlarge', '16xlarge', '32xlarge'];

/** The enterprise families that the product's own documentation recommends for worker nodes, and older ones. */
const FAMILIES: Record<string, Family[]> = {
  g7: [
    { sizes: COMMON, zones: 100, soldOut: 0 },
    { sizes: BIG, zones: 80, soldOut: 30 },
  ],
  c7: [
    { sizes: COMMON, zones: 100, soldOut: 0 },
    { sizes: BIG, zones: 80, soldOut: 30 },
  ],
  r7: [
    { sizes: COMMON, zones: 100, soldOut: 0 },
    { sizes: BIG, zones: 80, soldOut: 30 },
  ],
  g8i: [{ sizes: [...COMMON, '8xlarge'], zones: 50, soldOut: 25 }],
  c8i: [{ sizes: [...COMMON, '8xlarge'], zones: 50, soldOut: 25 }],
  r8i: [{ sizes: [...COMMON, '8xlarge'], zones: 40, soldOut: 25 }],
  g6: [{ sizes: COMMON, zones: 70, soldOut: 40 }],
  c6: [{ sizes: COMMON, zones: 70, soldOut: 40 }],
};

/** FNV-1a over the text, 0 to 99: the same zone has the same stock at every start. */
function share(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  }
  // The lowest bits of neighbouring texts hardly differ.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) % 100;
}

/** An instance type that a zone knows, and whether it can be bought there. */
export interface StockedType {
  instanceType: string;
  inStock: boolean;
}

/** What a zone sells, sorted by family; types that it does not know are left out. */
export function stockOf(zoneId: string): StockedType[] {
  return Object.entries(FAMILIES).flatMap(([family, ranges]) =>
    ranges.flatMap(({ sizes, zones, soldOut }) =>
      share(`${zoneId}/${family}/${sizes[0]}`) < zones
        ? sizes.map(size => ({
            instanceType: `ecs.${family}.${size}`,
            inStock: share(`${zoneId}/${family}.${size}`) >= soldOut,
          }))
        : [],
    ),
  );
}
