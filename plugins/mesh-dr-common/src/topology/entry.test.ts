import { entryRequirement, type EntryFacts } from './entry';

const HANGZHOU = { region: 'cn-hangzhou', address: '47.1.1.1' };
const SHANGHAI = { region: 'cn-shanghai', address: '47.2.2.2' };
const BOTH = [HANGZHOU, SHANGHAI];
const gtm = { how: 'GTM', by: 'component:default/shop' };
const none = { how: 'none', by: 'meshDr.entry[0].failover' };
const name = (...addresses: string[]) => [
  { host: 'shop.example.com', addresses },
];

describe('the way in', () => {
  it.each<[string, string, (typeof HANGZHOU)[], EntryFacts]>([
    ['unknown', 'noGateway', [], { names: [] }],
    ['unmet', 'oneRegion', [HANGZHOU], { names: [] }],
    ['unmet', 'oneRegion', [HANGZHOU], { names: name(HANGZHOU.address) }],
    ['unknown', 'undeclared', BOTH, { names: [] }],
    ['met', 'declared', BOTH, { declared: gtm, names: [] }],
    ['met', 'declared', [], { declared: gtm, names: [] }],
    ['unknown', 'declaredOneRegion', [SHANGHAI], { declared: gtm, names: [] }],
    ['unmet', 'declaredNone', BOTH, { declared: none, names: [] }],
    // Somebody who knows that nothing fails over knows more than two addresses show.
    [
      'unmet',
      'declaredNone',
      BOTH,
      { declared: none, names: name(HANGZHOU.address, SHANGHAI.address) },
    ],
    [
      'met',
      'dnsSpread',
      BOTH,
      { names: name(HANGZHOU.address, SHANGHAI.address) },
    ],
    ['unknown', 'dnsOneRegion', BOTH, { names: name(SHANGHAI.address) }],
    // A traffic manager answers with one region as long as that is well.
    ['met', 'declared', BOTH, { declared: gtm, names: name(SHANGHAI.address) }],
    ['unknown', 'dnsElsewhere', BOTH, { names: name('198.51.100.7') }],
    [
      'unknown',
      'dnsFailed',
      BOTH,
      {
        names: [{ host: 'shop.example.com', addresses: [], error: 'ENODATA' }],
      },
    ],
    // One name of two is enough to leave clients behind.
    [
      'unknown',
      'dnsOneRegion',
      BOTH,
      {
        names: [
          ...name(HANGZHOU.address, SHANGHAI.address),
          { host: 'api.example.com', addresses: [HANGZHOU.address] },
        ],
      },
    ],
  ])('%s: %s', (state, key, gateways, facts) => {
    const requirement = entryRequirement(gateways, facts);
    expect(requirement).toMatchObject({ state, key });
    expect(requirement.sentence).not.toMatch(/\{\{|undefined/);
  });

  it('asks for a gateway in another region', () => {
    expect(entryRequirement([HANGZHOU]).sentence).toBe(
      'Clients outside the mesh come in through cn-hangzhou alone: when it is lost, no rule of the mesh helps them. Create an ingress gateway in another region and put DNS or a global traffic manager in front of both.',
    );
  });
});
