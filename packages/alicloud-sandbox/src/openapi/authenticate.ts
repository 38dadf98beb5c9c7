import { ApiError } from './errors';
import type { RoleSession } from './model';
import type { ApiRequest } from './request';
import {
  Pairs,
  acs3CanonicalRequest,
  roaResources,
  roaStringToSign,
  rpcStringToSign,
  sameSignature,
  sha256Hex,
  signAcs3,
  signRoa,
  signRpc,
} from './signature';
import { isSecurityToken } from './temporary';

/** How far a client's clock may be off, and how long a nonce is remembered around it. */
const SKEW_MS = 15 * 60_000;

export interface Credentials {
  accessKeyId: string;
  accessKeySecret: string;
}

/** Who signed the request. */
export interface Caller {
  accessKeyId: string;
  /** The role whose temporary credentials signed; undefined for the account itself. */
  role?: Pick<RoleSession, 'roleName' | 'roleId' | 'sessionName'>;
}

export interface Authenticator {
  /** @throws ApiError with Alibaba's code when the request is not to be trusted. */
  authenticate(request: ApiRequest): Caller;
}

interface Claim {
  accessKeyId: string;
  /** Absent in what the older Go SDK, and with it the cloud's command line, signs for ROA products. */
  nonce?: string;
  timestamp: number;
  securityToken?: string;
  /** The string the server signed, told to the client on a mismatch as the real gateway does. */
  matches(secret: string): { ok: boolean; stringToSign: string };
}

/** Verifies the three signature forms, the clock and the nonce. Nonces are kept in memory only: they are short-lived. */
export function createAuthenticator(options: {
  credentials: Credentials;
  now: () => number;
  /** Temporary credentials by access key. */
  session: (accessKeyId: string) => RoleSession | undefined;
}): Authenticator {
  const { credentials, now, session } = options;
  const nonces = new Map<string, number>();

  const forgetOldNonces = () => {
    const limit = now() - 2 * SKEW_MS;
    for (const [nonce, seen] of nonces) {
      if (seen > limit) break;
      nonces.delete(nonce);
    }
  };

  return {
    authenticate(request) {
      const claim = readClaim(request);
      const role =
        claim.accessKeyId === credentials.accessKeyId
          ? undefined
          : session(claim.accessKeyId);
      if (claim.accessKeyId !== credentials.accessKeyId && !role) {
        throw new ApiError(
          'InvalidAccessKeyId.NotFound',
          'Specified access key is not found.',
          404,
        );
      }
      if (Number.isNaN(claim.timestamp)) {
        throw new ApiError(
          'InvalidTimeStamp.Format',
          'Specified time stamp or date value is not well formatted.',
        );
      }
      if (Math.abs(now() - claim.timestamp) > SKEW_MS) {
        throw new ApiError(
          'InvalidTimeStamp.Expired',
          'Specified time stamp or date value is expired.',
        );
      }
      checkSecurityToken(claim.securityToken, role, now());
      const { ok, stringToSign } = claim.matches(
        (role ?? credentials).accessKeySecret,
      );
      if (!ok) {
        throw new ApiError(
          'SignatureDoesNotMatch',
          `Specified signature is not matched with our calculation. server string to sign is:${stringToSign}`,
        );
      }
      forgetOldNonces();
      const { nonce } = claim;
      if (nonce !== undefined && nonces.has(nonce)) {
        throw new ApiError(
          'SignatureNonceUsed',
          'Specified signature nonce was used already.',
        );
      }
      if (nonce !== undefined) nonces.set(nonce, now());
      return { accessKeyId: claim.accessKeyId, role };
    },
  };
}

/** Temporary keys are nothing without their token, and permanent keys have none. */
function checkSecurityToken(
  token: string | undefined,
  role: RoleSession | undefined,
  now: number,
): void {
  if (!role && !token) return;
  const refuse = (kind: string, what: string) =>
    new ApiError(
      `InvalidSecurityToken.${kind}`,
      `Specified SecurityToken ${what}.`,
    );
  if (!token) {
    throw new ApiError(
      'MissingSecurityToken',
      'SecurityToken is mandatory for this action.',
    );
  }
  if (!isSecurityToken(token)) throw refuse('Malformed', 'is malformed');
  if (token !== role?.securityToken) {
    throw refuse(
      'MismatchWithAccessKey',
      'mismatches with the AccessKeyId that it was issued with',
    );
  }
  if (now >= role.expiresAt) throw refuse('Expired', 'is expired');
}

function readClaim(request: ApiRequest): Claim {
  const authorization = request.headers.authorization ?? '';
  if (authorization.startsWith('ACS3-HMAC-SHA256 ')) {
    return acs3Claim(request, authorization);
  }
  if (authorization.startsWith('acs ')) return roaClaim(request, authorization);
  return rpcClaim(request);
}

function rpcClaim(request: ApiRequest): Claim {
  const parameters: Pairs = [...request.query, ...request.form];
  const bag = new Map(parameters);
  const need = (name: string) => {
    const value = bag.get(name);
    if (!value) {
      throw new ApiError(
        `Missing${name}`,
        `${name} is mandatory for this action.`,
      );
    }
    return value;
  };
  const accessKeyId = need('AccessKeyId');
  const signature = need('Signature');
  if ((bag.get('SignatureMethod') ?? 'HMAC-SHA1') !== 'HMAC-SHA1') {
    throw new ApiError(
      'InvalidParameter.SignatureMethod',
      'Only the signature method HMAC-SHA1 is supported.',
    );
  }
  return {
    accessKeyId,
    nonce: need('SignatureNonce'),
    securityToken: bag.get('SecurityToken'),
    timestamp: parseIsoSeconds(need('Timestamp')),
    matches(secret) {
      // The older Go SDK repeats RegionId in query and form, and signs it once.
      const candidates = [parameters, [...bag]].map(pairs =>
        rpcStringToSign(request.method, pairs),
      );
      return {
        ok: candidates.some(stringToSign =>
          sameSignature(signature, signRpc(secret, stringToSign)),
        ),
        stringToSign: candidates[0],
      };
    },
  };
}

function roaClaim(request: ApiRequest, authorization: string): Claim {
  const [accessKeyId, signature] = authorization
    .slice('acs '.length)
    .split(':', 2);
  if (!accessKeyId || !signature) throw incomplete('Authorization');
  return {
    accessKeyId,
    nonce: request.headers['x-acs-signature-nonce'],
    securityToken: request.headers['x-acs-security-token'],
    timestamp: Date.parse(request.headers.date ?? ''),
    matches(secret) {
      const candidates = roaResources(
        request.path,
        request.query,
        request.url,
      ).map(resource =>
        roaStringToSign(request.method, request.headers, resource),
      );
      return {
        ok: candidates.some(stringToSign =>
          sameSignature(signature, signRoa(secret, stringToSign)),
        ),
        stringToSign: candidates[0],
      };
    },
  };
}

function acs3Claim(request: ApiRequest, authorization: string): Claim {
  const fields = new Map(
    authorization
      .slice('ACS3-HMAC-SHA256 '.length)
      .split(',')
      .map(part => {
        const [key, ...value] = part.trim().split('=');
        return [key, value.join('=')] as const;
      }),
  );
  const accessKeyId = fields.get('Credential');
  const signature = fields.get('Signature');
  const signedHeaders = fields.get('SignedHeaders')?.split(';');
  if (!accessKeyId || !signature || !signedHeaders) {
    throw incomplete('Authorization');
  }
  const unsigned = ['x-acs-date', 'x-acs-signature-nonce', 'host'].find(
    name => !signedHeaders.includes(name),
  );
  if (unsigned) throw incomplete(unsigned);
  const hashedPayload = sha256Hex(request.body);
  if (request.headers['x-acs-content-sha256'] !== hashedPayload) {
    throw new ApiError(
      'SignatureDoesNotMatch',
      'The header x-acs-content-sha256 is not the SHA-256 of the body.',
    );
  }
  return {
    accessKeyId,
    nonce: request.headers['x-acs-signature-nonce'] ?? '',
    securityToken: request.headers['x-acs-security-token'],
    timestamp: parseIsoSeconds(request.headers['x-acs-date'] ?? ''),
    matches(secret) {
      const canonical = acs3CanonicalRequest({
        method: request.method,
        path: request.rawPath,
        query: request.query,
        headers: request.headers,
        signedHeaders,
        hashedPayload,
      });
      return {
        ok: sameSignature(signature, signAcs3(secret, canonical)),
        stringToSign: `ACS3-HMAC-SHA256\n${sha256Hex(canonical)}`,
      };
    },
  };
}

function incomplete(name: string): ApiError {
  return new ApiError(
    'IncompleteSignature',
    `The request signature does not conform to Aliyun standards: ${name} is missing or not signed.`,
  );
}

function parseIsoSeconds(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)
    ? Date.parse(text)
    : NaN;
}
