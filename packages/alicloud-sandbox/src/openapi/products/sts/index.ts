import type { RpcCall } from '../../call';
import { Cloud, data } from '../../cloud';
import { stsContracts } from '../../contracts';
import { ApiError } from '../../errors';
import { timestamp } from '../../ids';
import type { RoleSession } from '../../model';
import type { RpcProduct } from '../../operation';
import { newRoleSession } from '../../temporary';

const SHORTEST_S = 900;
/** Default of a role's longest session; it cannot be changed here. */
const LONGEST_S = 3600;
const LONGEST_POLICY = 2048;
/** Credentials are remembered this long after their end, so that their use is told apart from an unknown key. */
const AFTERLIFE_MS = 24 * 3600_000;

function malformed(name: string): ApiError {
  return new ApiError(
    `InvalidParameter.${name}`,
    `The parameter ${name} is wrongly formed.`,
  );
}

/** `acs:ram::<account>:role/<name>`: the name. Every role of the account exists, as there is no RAM here. */
function roleName(cloud: Cloud, arn: string): string {
  const match = /^acs:ram::(\d+):role\/([A-Za-z0-9.-]{1,64})$/.exec(arn);
  if (!match) throw malformed('RoleArn');
  if (match[1] !== String(cloud.accountId)) {
    throw new ApiError(
      'NoPermission',
      `You are not authorized to do this action: the account ${match[1]} of the role ${arn} is not ${cloud.accountId}.`,
      403,
    );
  }
  return match[2];
}

function checkPolicy(policy: string | undefined): void {
  if (policy === undefined) return;
  if (policy.length > LONGEST_POLICY) {
    throw new ApiError(
      'InvalidParameter.PolicySize',
      `The size of Policy must be smaller than ${LONGEST_POLICY} bytes.`,
    );
  }
  try {
    const parsed: unknown = JSON.parse(policy);
    if (parsed && typeof parsed === 'object' && 'Statement' in parsed) return;
  } catch {
    // Reported below, with JSON that is no policy.
  }
  throw new ApiError(
    'InvalidParameter.PolicyGrammar',
    'The parameter Policy has not passed grammar check.',
  );
}

function duration(call: RpcCall): number {
  const seconds = Number(call.text('DurationSeconds') ?? LONGEST_S);
  if (seconds < SHORTEST_S || seconds > LONGEST_S) {
    throw new ApiError(
      'InvalidParameter.DurationSeconds',
      `The Min/Max value of DurationSeconds is ${SHORTEST_S}/${LONGEST_S}, got ${seconds}.`,
    );
  }
  return seconds;
}

function assumedArn(
  cloud: Cloud,
  role: NonNullable<RpcCall['caller']['role']>,
) {
  return `acs:ram::${cloud.accountId}:assumed-role/${role.roleName}/${role.sessionName}`;
}

function assumeRole(call: RpcCall, cloud: Cloud) {
  const name = roleName(cloud, call.need('RoleArn'));
  const sessionName = call.need('RoleSessionName');
  if (!/^[A-Za-z0-9.@_-]{2,64}$/.test(sessionName)) {
    throw malformed('RoleSessionName');
  }
  checkPolicy(call.text('Policy'));
  const now = cloud.clock.now();
  const session: RoleSession = newRoleSession({
    accountId: cloud.accountId,
    roleName: name,
    sessionName,
    expiresAt: now + duration(call) * 1000,
  });
  const { roleSessions } = data(cloud);
  for (const old of Object.values(roleSessions)) {
    if (old.expiresAt + AFTERLIFE_MS < now)
      delete roleSessions[old.accessKeyId];
  }
  roleSessions[session.accessKeyId] = session;
  return {
    AssumedRoleUser: {
      Arn: assumedArn(cloud, session),
      AssumedRoleId: `${session.roleId}:${sessionName}`,
    },
    Credentials: {
      AccessKeyId: session.accessKeyId,
      AccessKeySecret: session.accessKeySecret,
      Expiration: timestamp(session.expiresAt),
      SecurityToken: session.securityToken,
    },
    ...(call.text('SourceIdentity') && {
      SourceIdentity: call.text('SourceIdentity'),
    }),
  };
}

function getCallerIdentity(call: RpcCall, cloud: Cloud) {
  const AccountId = String(cloud.accountId);
  const { role } = call.caller;
  if (role) {
    return {
      AccountId,
      Arn: assumedArn(cloud, role),
      IdentityType: 'AssumedRoleUser',
      PrincipalId: `${role.roleId}:${role.sessionName}`,
      RoleId: role.roleId,
    };
  }
  return {
    AccountId,
    Arn: `acs:ram::${AccountId}:root`,
    IdentityType: 'Account',
    PrincipalId: AccountId,
    UserId: AccountId,
  };
}

export const stsProduct: RpcProduct = {
  code: 'Sts',
  version: '2015-04-01',
  host: 'sts.aliyuncs.com',
  contracts: stsContracts,
  operations: {
    AssumeRole: { run: assumeRole },
    GetCallerIdentity: { run: getCallerIdentity },
  },
};
