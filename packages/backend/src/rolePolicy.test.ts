import { mockServices } from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  createPermission,
} from '@backstage/plugin-permission-common';
import { PolicyQueryUser } from '@backstage/plugin-permission-node';
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
      'mesh-dr.rule.change',
      'update',
      AuthorizeResult.ALLOW,
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
