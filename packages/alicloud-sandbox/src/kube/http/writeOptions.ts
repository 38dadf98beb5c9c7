import { invalid, type FieldCause } from '../status';
import type { DeleteOptions } from '../storage';
import { parseBody, type ApiRequest } from './request';
import { isRecord, type Json } from '../json';

const OPTIONS: Record<string, string> = {
  POST: 'CreateOptions',
  PUT: 'UpdateOptions',
  PATCH: 'PatchOptions',
  DELETE: 'DeleteOptions',
};

const unsupported = (
  field: string,
  value: Json,
  supported: string[],
): FieldCause => ({
  reason: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${JSON.stringify(
    value,
  )}: supported values: ${supported.map(v => JSON.stringify(v)).join(', ')}`,
});

/** Throws 422 in the name of the options of the request's method. */
function refuse(r: ApiRequest, cause: FieldCause): never {
  throw invalid(OPTIONS[r.method], 'meta.k8s.io', '', [cause]);
}

function wantsDryRun(r: ApiRequest, values: Json): boolean {
  if (values === undefined || values === null) return false;
  const list = [values].flat().filter(value => value !== '');
  const odd = list.find(value => value !== 'All');
  if (odd !== undefined) refuse(r, unsupported('dryRun', odd, ['All']));
  return list.length > 0;
}

/** Whether nothing may be changed; 422 for a stage that does not exist. */
export function isDryRun(r: ApiRequest): boolean {
  return wantsDryRun(r, r.query.getAll('dryRun'));
}

/** What happens to unknown fields: `Warn` unless said otherwise. */
export function fieldValidation(r: ApiRequest): 'Ignore' | 'Warn' | 'Strict' {
  const asked = r.query.get('fieldValidation') || 'Warn';
  const known = ['Ignore', 'Strict', 'Warn'];
  if (!known.includes(asked)) {
    refuse(r, unsupported('fieldValidation', asked, known));
  }
  return asked as 'Warn';
}

const MAX_MANAGER = 128;

/** Who writes: `fieldManager`, or the program's name up to the first slash, as the API server has it. */
export function managerOf(r: ApiRequest): string {
  const asked = r.query.get('fieldManager');
  if (asked && asked.length > MAX_MANAGER) {
    refuse(r, {
      reason: 'FieldValueTooLong',
      field: 'fieldManager',
      message: `Too long: may not be more than ${MAX_MANAGER} bytes`,
    });
  }
  return asked || r.userAgent.split('/')[0].slice(0, MAX_MANAGER) || 'unknown';
}

const POLICIES = ['Foreground', 'Background', 'Orphan'];

function policyOf(r: ApiRequest, body: Json) {
  const policy = body.propagationPolicy ?? r.query.get('propagationPolicy');
  const orphan = body.orphanDependents ?? r.query.get('orphanDependents');
  if (policy && !POLICIES.includes(policy)) {
    refuse(r, unsupported('propagationPolicy', policy, [...POLICIES, 'nil']));
  }
  if (orphan === undefined || orphan === null) return policy ?? undefined;
  if (policy) {
    refuse(r, {
      reason: 'FieldValueInvalid',
      field: 'propagationPolicy',
      message: `Invalid value: ${JSON.stringify(
        policy,
      )}: orphanDependents and deletionPropagation cannot be both set`,
    });
  }
  return String(orphan) === 'true' ? 'Orphan' : 'Background';
}

/** Options of a deletion or eviction: in the body, or as query parameters. */
export function deleteOptions(
  r: ApiRequest,
  given?: Json,
): DeleteOptions & { dryRun: boolean } {
  const parsed =
    given ?? (r.body.length > 0 && parseBody(r.body, r.contentType));
  const body = isRecord(parsed) ? parsed : {};
  const grace = r.query.get('gracePeriodSeconds');
  const gracePeriodSeconds =
    body.gracePeriodSeconds ?? (grace === null ? undefined : Number(grace));
  return {
    // One second is the shortest grace that is none: negative ones mean it.
    gracePeriodSeconds:
      gracePeriodSeconds === undefined || gracePeriodSeconds >= 0
        ? gracePeriodSeconds
        : 1,
    propagationPolicy: policyOf(r, body),
    preconditions: body.preconditions,
    dryRun: wantsDryRun(r, body.dryRun) || isDryRun(r),
  };
}
