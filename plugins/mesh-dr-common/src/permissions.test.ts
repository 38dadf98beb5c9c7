import {
  meshDrPermissions,
  permissionForGrantOperation,
  ruleChangePermission,
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
});
