import { createHash, randomBytes } from 'node:crypto';
import type { RoleSession } from './model';

/** As real tokens begin: base64 of a fixed header. */
const TOKEN_PREFIX = 'CAIS';

/** New temporary credentials of a role. They are random also when everything else of a run is repeatable. */
export function newRoleSession(
  role: Pick<RoleSession, 'roleName' | 'sessionName' | 'expiresAt'> & {
    accountId: number;
  },
): RoleSession {
  const { accountId, ...rest } = role;
  return {
    ...rest,
    accessKeyId: `STS.NU${letters(22)}`,
    accessKeySecret: letters(44),
    securityToken: `${TOKEN_PREFIX}${randomBytes(192).toString('base64')}`,
    roleId: roleId(accountId, role.roleName),
  };
}

/** Whether a text can be a security token at all. */
export function isSecurityToken(text: string): boolean {
  return (
    text.startsWith(TOKEN_PREFIX) && /^[A-Za-z0-9+/]{60,}={0,2}$/.test(text)
  );
}

/** `3` and 17 digits, the same for a role whenever it is asked for. */
export function roleId(accountId: number, roleName: string): string {
  const digest = createHash('sha256')
    .update(`${accountId}/${roleName.toLowerCase()}`)
    .digest();
  return `3${String(digest.readBigUInt64BE()).padStart(20, '0').slice(-17)}`;
}

function letters(length: number): string {
  return randomBytes(length * 2)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, length);
}
