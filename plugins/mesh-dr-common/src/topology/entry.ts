import type { EntryRequirement, GatewayTopology } from '../api/types';

/** What is known of the way into the mesh beyond its gateways. */
export interface EntryFacts {
  /** Somebody's word for how clients are taken to another region's gateway; `none`: they are not. */
  declared?: {
    how: string;
    /** Entity ref or configuration key. */
    by: string;
  };
  /** What the names that clients call resolve to, as the portal sees it. */
  names: EntryName[];
}

/** A name that clients call, and what DNS says about it. */
export interface EntryName {
  host: string;
  /** IP addresses and canonical names, in no order. */
  addresses: string[];
  /** Why it could not be resolved. */
  error?: string;
}

/** Keys of all sentences about the way in, below `entry.` in the translations. */
export const ENTRY_KEYS = [
  'declared',
  'declaredNone',
  'declaredOneRegion',
  'dnsSpread',
  'dnsOneRegion',
  'dnsElsewhere',
  'dnsFailed',
  'noGateway',
  'oneRegion',
  'undeclared',
] as const;

type EntryKey = (typeof ENTRY_KEYS)[number];

/**
 * Whether clients outside the mesh would find another region's gateway. No rule of the mesh can help a client whose gateway
 * is lost: something in front of it has to, DNS or a global traffic manager, which the portal does not see. So this is
 * `met` only by what DNS shows or somebody declared, and `unknown` rather than guessed.
 */
export function entryRequirement(
  gateways: Pick<GatewayTopology, 'region' | 'address'>[],
  { declared, names }: EntryFacts = { names: [] },
): EntryRequirement {
  const regions = regionsOf(gateways);
  if (declared?.how === 'none') {
    return requirement('unmet', 'declaredNone', { by: declared.by });
  }
  if (regions.length === 1) {
    const [region] = regions;
    return declared
      ? requirement('unknown', 'declaredOneRegion', { ...declared, region })
      : requirement('unmet', 'oneRegion', { region });
  }
  const seen = names.map(name => resolved(name, gateways));
  const spread = seen.length > 0 && seen.every(({ state }) => state === 'met');
  if (spread) return seen[0];
  if (declared) return requirement('met', 'declared', { ...declared });
  const doubtful = seen.find(({ state }) => state !== 'met');
  if (doubtful) return doubtful;
  return regions.length === 0
    ? requirement('unknown', 'noGateway', {})
    : requirement('unknown', 'undeclared', { regions: regions.join(', ') });
}

function resolved(
  { host, addresses, error }: EntryName,
  gateways: Pick<GatewayTopology, 'region' | 'address'>[],
): EntryRequirement {
  if (error) return requirement('unknown', 'dnsFailed', { host, error });
  const regions = regionsOf(
    gateways.filter(({ address }) => address && addresses.includes(address)),
  );
  if (regions.length > 1) {
    return requirement('met', 'dnsSpread', {
      host,
      regions: regions.join(', '),
    });
  }
  // A global traffic manager that answers with the preferred region looks the same until that region is lost.
  return regions.length === 1
    ? requirement('unknown', 'dnsOneRegion', { host, region: regions[0] })
    : requirement('unknown', 'dnsElsewhere', { host });
}

function regionsOf(gateways: { region: string }[]): string[] {
  return [...new Set(gateways.map(({ region }) => region))].sort();
}

const SENTENCES: Record<EntryKey, string> = {
  declared:
    'Clients outside the mesh are taken to another region by {{how}}, as {{by}} declares; nothing here checks it.',
  declaredNone:
    'Clients outside the mesh are not taken to another region, as {{by}} declares: when their gateway is lost, no rule of the mesh helps them.',
  declaredOneRegion:
    'Clients outside the mesh are to be taken to another region by {{how}}, as {{by}} declares, but {{region}} alone has an ingress gateway.',
  dnsSpread:
    'Clients outside the mesh find the gateways in {{regions}}: {{host}} resolves to them.',
  dnsOneRegion:
    'Not known whether clients outside the mesh are taken to another region: {{host}} now resolves to the gateway in {{region}} alone, as it also would under a traffic manager that fails over. If there is one, declare it with mesh-dr.io/entry-failover.',
  dnsElsewhere:
    'Not known whether clients outside the mesh are taken to another region: {{host}} resolves to no ingress gateway of the mesh. Declare what stands in front with mesh-dr.io/entry-failover.',
  dnsFailed:
    'Not known whether clients outside the mesh are taken to another region: {{host}} could not be resolved ({{error}}).',
  noGateway:
    'Not known how clients outside the mesh come in: no ingress gateway was seen.',
  oneRegion:
    'Clients outside the mesh come in through {{region}} alone: when it is lost, no rule of the mesh helps them. Create an ingress gateway in another region and put DNS or a global traffic manager in front of both.',
  undeclared:
    'Not known whether clients outside the mesh are taken to another region: there are gateways in {{regions}}, but what stands in front of them is not declared. Declare it with mesh-dr.io/entry-failover, or name the hosts in meshDr.entry.',
};

function requirement(
  state: EntryRequirement['state'],
  key: EntryKey,
  values: Record<string, string>,
): EntryRequirement {
  const sentence = SENTENCES[key].replace(
    /\{\{(\w+)\}\}/g,
    (_, name) => values[name],
  );
  return { state, key, values, sentence };
}
