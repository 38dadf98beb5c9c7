import { createHash } from 'node:crypto';
import { isRecord, timestamp, type Json } from '../json';
import { invalid } from '../status';
import { parseObject, type ApiContext, type ApiRequest } from './request';

/** Whoever comes in has a certificate of this cluster, and with it everything is allowed. */
const EVERYTHING = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];

function rulesOf() {
  return {
    resourceRules: EVERYTHING,
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    incomplete: false,
  };
}

function userInfo(r: ApiRequest) {
  return {
    username: r.user.name,
    groups: [...r.user.groups, 'system:authenticated'],
    ...(r.user.fingerprint
      ? {
          extra: {
            'authentication.kubernetes.io/credential-id': [
              `X509SHA256=${r.user.fingerprint}`,
            ],
          },
        }
      : {}),
  };
}

const required = (r: ApiRequest, field: string, text = '') =>
  invalid(r.row.kind, r.row.group, '', [
    {
      reason: 'FieldValueRequired',
      field,
      message: text ? `Required value: ${text}` : 'Required value',
    },
  ]);

/** Tokens are not told apart here: there is none that this server gave out and that would be valid for it. */
function tokenStatus(r: ApiRequest, spec: Json) {
  if (!spec?.token) throw required(r, 'spec.token');
  return {
    authenticated: false,
    user: {},
    error: '[invalid bearer token]',
  };
}

function accessStatus(r: ApiRequest, spec: Json) {
  if (
    !isRecord(spec?.resourceAttributes) &&
    !isRecord(spec?.nonResourceAttributes)
  ) {
    throw invalid(r.row.kind, r.row.group, '', [
      {
        reason: 'FieldValueInvalid',
        field: 'spec.resourceAttributes',
        message:
          'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
      },
    ]);
  }
  return {
    allowed: true,
    reason: `${r.user.name} is a cluster administrator`,
  };
}

/** Answers a kind that is only created, never kept: what may the caller do, and who is it. */
export function review(ctx: ApiContext, r: ApiRequest): object {
  const body = parseObject(r.body, r.contentType);
  const answer = (status: Json) => ({
    ...body,
    kind: r.row.kind,
    apiVersion: `${r.row.group}/${r.version}`,
    metadata: { ...body.metadata, creationTimestamp: null },
    status,
  });
  switch (r.row.kind) {
    case 'SelfSubjectReview':
      return {
        ...answer({ userInfo: userInfo(r) }),
        metadata: { creationTimestamp: timestamp(ctx.now()) },
      };
    case 'SelfSubjectRulesReview':
      if (!body.spec?.namespace) {
        throw required(r, 'spec.namespace', 'no namespace on request');
      }
      return answer(rulesOf());
    case 'TokenReview':
      return answer(tokenStatus(r, body.spec));
    default:
      return answer(accessStatus(r, body.spec));
  }
}

/** Who a client certificate names. */
export interface User {
  name: string;
  groups: string[];
  /** SHA-256 of the certificate, in hex. */
  fingerprint?: string;
}

/** The user that a certificate's subject names: common name, and organisations as groups. */
export function userOf(certificate: {
  subject?: { CN?: string | string[]; O?: string | string[] };
  raw?: Buffer;
}): User | undefined {
  const { CN, O } = certificate.subject ?? {};
  const name = Array.isArray(CN) ? CN[0] : CN;
  if (!name) return undefined;
  return {
    name,
    groups: O === undefined ? [] : [O].flat(),
    fingerprint:
      certificate.raw &&
      createHash('sha256').update(certificate.raw).digest('hex'),
  };
}
