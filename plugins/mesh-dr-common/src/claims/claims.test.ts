import { labelsMatch, parseLabelSelector } from './labelSelector';
import { claimsMesh, picksService, serviceClaimOf } from './serviceClaim';

const K8S = 'backstage.io/kubernetes';

describe('label selectors', () => {
  const labels = { app: 'reviews', tier: 'web', 'example.com/team': 'a' };

  it.each([
    ['app=reviews', true],
    ['app==reviews', true],
    ['app = reviews , tier=web', true],
    ['app=reviews,tier=db', false],
    ['app!=ratings', true],
    ['app!=reviews', false],
    ['owner!=me', true],
    ['tier in (web, api)', true],
    ['tier in (db,api),app=reviews', false],
    ['tier notin (db, api)', true],
    ['tier notin (web)', false],
    ['owner notin (me)', true],
    ['example.com/team', true],
    ['owner', false],
    ['!owner', true],
    ['!tier', false],
    ['constructor', false],
    ['owner=', false],
  ])('%s', (selector, expected) => {
    expect(labelsMatch(parseLabelSelector(selector)!, labels)).toBe(expected);
  });

  it.each(['', ' ', 'app=reviews,', 'app=a=b', 'app in web', 'a b', '=x', '!'])(
    'refuses %j',
    selector => {
      expect(parseLabelSelector(selector)).toBeUndefined();
    },
  );
});

describe('what an entity claims', () => {
  it('is the service of mesh-dr.io/host, whatever else it says', () => {
    expect(
      serviceClaimOf({
        'mesh-dr.io/host': 'reviews.shop',
        'mesh-dr.io/mesh': 'production',
        [`${K8S}-id`]: 'ratings',
      }),
    ).toEqual({
      by: 'host',
      mesh: 'production',
      service: { namespace: 'shop', name: 'reviews' },
    });
    expect(
      serviceClaimOf({ 'mesh-dr.io/host': ' ', [`${K8S}-id`]: 'reviews' }),
    ).toBeUndefined();
  });

  it("is what Backstage's Kubernetes annotations select", () => {
    expect(serviceClaimOf({ [`${K8S}-id`]: 'reviews' })).toMatchObject({
      by: 'labels',
      selector: 'backstage.io/kubernetes-id=reviews',
    });
    expect(
      serviceClaimOf({
        [`${K8S}-id`]: 'other',
        [`${K8S}-label-selector`]: 'app=reviews',
        [`${K8S}-namespace`]: 'shop',
        [`${K8S}-cluster`]: 'hangzhou',
      }),
    ).toMatchObject({
      by: 'labels',
      selector: 'app=reviews',
      namespace: 'shop',
      cluster: 'hangzhou',
    });
    expect(
      serviceClaimOf({ [`${K8S}-label-selector`]: 'app reviews' }),
    ).toBeUndefined();
    expect(serviceClaimOf({ [`${K8S}-namespace`]: 'shop' })).toBeUndefined();
    expect(serviceClaimOf()).toBeUndefined();
  });

  it('counts for the mesh it names, or for every one', () => {
    const mesh = { id: 'c1', name: 'production' };
    const claim = (name?: string) =>
      serviceClaimOf({
        [`${K8S}-id`]: 'reviews',
        ...(name && { 'mesh-dr.io/mesh': name }),
      })!;
    expect(claimsMesh(claim(), mesh)).toBe(true);
    expect(claimsMesh(claim('c1'), mesh)).toBe(true);
    expect(claimsMesh(claim('production'), mesh)).toBe(true);
    expect(claimsMesh(claim('staging'), mesh)).toBe(false);
  });
});

describe('picksService', () => {
  const cluster = { id: 'c-hangzhou', name: 'hangzhou' };
  const service = {
    namespace: 'shop',
    name: 'reviews',
    labels: { 'app.kubernetes.io/part-of': 'bookinfo' },
    selector: { app: 'reviews' },
    ports: [],
  };
  const picks = (annotations: Record<string, string>) => {
    const claim = serviceClaimOf(annotations);
    if (claim?.by !== 'labels') throw new Error('no claim by labels');
    return picksService(claim, cluster, service);
  };

  it.each([
    ['its own labels', 'app.kubernetes.io/part-of=bookinfo', true],
    ['the labels of its Pods', 'app=reviews', true],
    ['no label of it', 'app=ratings', false],
    ['the absence of a label, by its own', '!canary', true],
    ['what only some Pods may lack', 'app=reviews,!canary', false],
  ])('by %s', (_, selector, expected) => {
    expect(picks({ [`${K8S}-label-selector`]: selector })).toBe(expected);
  });

  it('within the namespace and the cluster', () => {
    const selector = { [`${K8S}-label-selector`]: 'app=reviews' };
    expect(picks({ ...selector, [`${K8S}-namespace`]: 'shop' })).toBe(true);
    expect(picks({ ...selector, [`${K8S}-namespace`]: 'other' })).toBe(false);
    expect(picks({ ...selector, [`${K8S}-cluster`]: 'hangzhou' })).toBe(true);
    expect(picks({ ...selector, [`${K8S}-cluster`]: 'c-hangzhou' })).toBe(true);
    expect(picks({ ...selector, [`${K8S}-cluster`]: 'shanghai' })).toBe(false);
  });
});
