import {
  meshDrPermissions,
  parseServiceResourceRef,
  permissionForGrantOperation,
  ruleChangePermission,
  serviceResourceRef,
} from './permissions';

describe('permissions', () => {
  it('has unique names under the plugin', () => {
    const names = meshDrPermissions.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(12);
    names.forEach(name => expect(name).toMatch(/^mesh-dr\.[a-z-]+\.[a-z-]+$/));
  });

  it('maps every grant operation to a listed permission', () => {
    expect(permissionForGrantOperation('rule.change')).toBe(
      ruleChangePermission,
    );
    const operations = [
      'environment.provision',
      'environment.destroy',
      'kubernetes.apply',
      'cluster.join',
      'rule.change',
      'traffic.verify',
    ] as const;
    operations.forEach(operation =>
      expect(permissionForGrantOperation(operation).name).toBe(
        `mesh-dr.${operation}`,
      ),
    );
  });

  it.each([
    { meshId: 'c1', namespace: 'default', name: 'reviews' },
    { meshId: 'a/b', namespace: 'x%', name: '名' },
  ])('refers to $meshId $namespace $name and back', service => {
    expect(parseServiceResourceRef(serviceResourceRef(service))).toEqual(
      service,
    );
  });

  it.each(['', 'c1/default', 'c1//reviews', 'c1/a/b/c', 'c1/%/reviews'])(
    'takes %j for no service',
    ref => {
      expect(parseServiceResourceRef(ref)).toBeUndefined();
    },
  );
});
