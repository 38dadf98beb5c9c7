/** The Status object that a Kubernetes API server sends for every failure. */
export interface KubeStatus {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, unknown>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: Record<string, unknown>;
  code?: number;
}

/** One field that is wrong, in the words of Kubernetes' validation. */
export interface FieldCause {
  reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueTypeInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueForbidden'
    | 'FieldValueTooLong'
    | 'FieldValueDuplicate'
    | 'FieldValueNotFound'
    | 'FieldManagerConflict';
  message: string;
  field: string;
}

/** Group and resource (or kind) that a message names: `deployments.apps`. */
export interface Named {
  group: string;
  resource: string;
}

export function qualified({ group, resource }: Named): string {
  return group ? `${resource}.${group}` : resource;
}

/** An error with the HTTP code, reason and wording of the real API server. */
export class KubeStatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details?: Record<string, unknown>;
  /** List metadata, where the answer offers a way on. */
  readonly metadata: Record<string, unknown>;

  constructor(
    code: number,
    reason: string,
    message: string,
    details?: Record<string, unknown>,
    metadata: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'KubeStatusError';
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.metadata = metadata;
  }

  toStatus(): KubeStatus {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.metadata,
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      details: this.details,
      code: this.code,
    };
  }
}

const about = (what: Named, name?: string, extra?: object) => ({
  name,
  group: what.group || undefined,
  kind: what.resource,
  ...extra,
});

export function notFound(what: Named, name: string) {
  return new KubeStatusError(
    404,
    'NotFound',
    `${qualified(what)} "${name}" not found`,
    about(what, name),
  );
}

export function alreadyExists(what: Named, name: string) {
  return new KubeStatusError(
    409,
    'AlreadyExists',
    `${qualified(what)} "${name}" already exists`,
    about(what, name),
  );
}

export function conflict(what: Named, name: string, why?: string) {
  return new KubeStatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(what)} "${name}": ${
      why ??
      'the object has been modified; please apply your changes to the latest version and try again'
    }`,
    about(what, name),
  );
}

export function badRequest(message: string) {
  return new KubeStatusError(400, 'BadRequest', message);
}

export function forbidden(what: Named, name: string, why: string) {
  return new KubeStatusError(
    403,
    'Forbidden',
    `${qualified(what)} "${name}" is forbidden: ${why}`,
    about(what, name),
  );
}

/** `Kind.group "name" is invalid: …` with one cause per field. */
export function invalid(
  kind: string,
  group: string,
  name: string,
  causes: FieldCause[],
) {
  const parts = causes.map(c => `${c.field}: ${c.message}`);
  const text = parts.length === 1 ? parts[0] : `[${parts.join(', ')}]`;
  return new KubeStatusError(
    422,
    'Invalid',
    `${group ? `${kind}.${group}` : kind} "${name}" is invalid: ${text}`,
    { name, group: group || undefined, kind, causes },
  );
}

export function expired(message: string) {
  return new KubeStatusError(410, 'Expired', message);
}

export function unsupportedMediaType(message: string) {
  return new KubeStatusError(415, 'UnsupportedMediaType', message);
}
