import { mockServices } from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  createPermission,
} from '@backstage/plugin-permission-common';
import { PolicyQueryUser } from '@backstage/plugin-permission-node';
import { ruleChangePermission } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { RolePolicy } from './rolePolicy';

const permission = (name: string, action: 'read' | 'update') =>
  createPermission({ name, attributes: { action } });

const user = (...refs: string[]) =>
  ({
    info: { userEntityRef: refs[0], ownershipEntityRefs: refs },
  } as PolicyQueryUser);

const policy = RolePolicy.fromConfig(
  mockServices.rootConfig({
    data: {
      meshDr: {
        roles: {
          owner: ['group:default/bookinfo'],
          approver: ['user:default/approver'],
          platform: ['user:default/operator'],
        },
      },
    },
  }),
);

const decide = async (ref: string[], name: string, action: 'read' | 'update') =>
  (await policy.handle({ permission: permission(name, action) }, user(...ref)))
    .result;

describe('RolePolicy', () => {
  it.each([
    [
      ['user:default/stranger'],
      'mesh-dr.mesh.read',
      'read',
      AuthorizeResult.ALLOW,
    ],
    [
      ['user:default/stranger'],
      'mesh-dr.rule.change',
      'update',
      AuthorizeResult.DENY,
    ],
    [
      ['user:default/stranger'],
      'scaffolder.task.create',
      'update',
      AuthorizeResult.DENY,
    ],
    [
      ['user:default/ann', 'group:default/bookinfo'],
      'mesh-dr.mesh-rule.change',
      'update',
      AuthorizeResult.DENY,
    ],
    [
      ['user:default/ann', 'group:default/bookinfo'],
      'mesh-dr.environment.destroy',
      'update',
      AuthorizeResult.DENY,
    ],
    [
      ['user:default/approver'],
      'mesh-dr.change.approve',
      'update',
      AuthorizeResult.ALLOW,
    ],
    [
      ['user:default/approver'],
      'mesh-dr.rule.change',
      'update',
      AuthorizeResult.DENY,
    ],
    [
      ['user:default/operator'],
      'mesh-dr.environment.destroy',
      'update',
      AuthorizeResult.ALLOW,
    ],
  ] as const)('%j %s → %s', async (refs, name, action, expected) => {
    expect(await decide([...refs], name, action)).toBe(expected);
  });

  it('leaves the rules of services to who owns them, for owners', async () => {
    const ann = ['user:default/ann', 'group:default/bookinfo'];
    expect(
      await policy.handle({ permission: ruleChangePermission }, user(...ann)),
    ).toEqual({
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'mesh-dr',
      resourceType: 'mesh-dr-service',
      conditions: {
        rule: 'IS_OWNER',
        resourceType: 'mesh-dr-service',
        params: { claims: ann },
      },
    });
  });

  it.each([
    ['user:default/operator', AuthorizeResult.ALLOW],
    ['user:default/approver', AuthorizeResult.DENY],
    ['user:default/stranger', AuthorizeResult.DENY],
  ])('decides about rules for %s whatever the service', async (ref, result) => {
    expect(
      await policy.handle({ permission: ruleChangePermission }, user(ref)),
    ).toEqual({ result });
  });

  it('refuses an unknown default role by name', () => {
    expect(() =>
      RolePolicy.fromConfig(
        mockServices.rootConfig({
          data: { meshDr: { roles: { default: 'king' } } },
        }),
      ),
    ).toThrow(
      /meshDr.roles.default is 'king'.*reader, owner, approver, platform/,
    );
  });
});
