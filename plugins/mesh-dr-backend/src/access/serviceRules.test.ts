import { isServiceOwner, type OwnedService } from './serviceRules';

const service = (...owners: string[][]): OwnedService => ({
  meshId: 'c1',
  namespace: 'default',
  name: 'reviews',
  components: owners.map((refs, index) => ({
    ref: `component:default/reviews-${index}`,
    owners: refs,
  })),
});

const TEAM = 'group:default/team';
const OTHER = 'group:default/other';

describe('IS_OWNER', () => {
  it.each([
    ['its owner', service([TEAM]), [TEAM], true],
    ['one of two owners', service([OTHER, TEAM]), [TEAM], true],
    ['somebody else', service([OTHER]), [TEAM], false],
    ['anybody, where no component names it', service(), [TEAM], false],
    ['anybody, where it has no owner', service([]), [TEAM], false],
    ['who owns one of two components', service([TEAM], [OTHER]), [TEAM], false],
    ['who owns both components', service([TEAM], [TEAM]), [TEAM], true],
    ['who goes by nothing', service([TEAM]), [], false],
  ])('for %s', (_, resource, claims, expected) => {
    expect(isServiceOwner.apply(resource, { claims })).toBe(expected);
    const filter = isServiceOwner.toQuery({ claims }) as Function;
    expect(filter(resource)).toBe(expected);
  });
});
