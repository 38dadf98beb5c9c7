import type { KubeObject } from '../../contract';
import { checkStructure } from '../admission/structure';
import { decodingFault, roundTrip } from '../admission/decoding';
import { clone, equal, isRecord, timestamp, type Json } from '../json';
import { apiVersionOf, type KindRow } from '../kinds';
import { serverSideApply } from '../patch/apply';
import { jsonPatch } from '../patch/jsonPatch';
import { recordUpdate } from '../patch/managedFields';
import { mergePatch } from '../patch/merge';
import { strategicMerge } from '../patch/strategic';
import { scaleOf, withScale } from './scale';
import {
  badRequest,
  conflict,
  invalid,
  KubeStatusError,
  notFound,
  unsupportedMediaType,
} from '../status';
import { inVersion } from '../objects';
import {
  parseBody,
  parseObject,
  type ApiContext,
  type ApiRequest,
} from './request';
import { fieldValidation, isDryRun, managerOf } from './writeOptions';

const named = (row: KindRow) => ({ group: row.group, resource: row.plural });

/** The answer to a write: the object, and whether it was made by it. */
export interface Written {
  object: KubeObject;
  created: boolean;
}

/** Checks kind, version, name and namespace of a body against the URL, and its fields against the structure. */
function decode(r: ApiRequest, input: Json): KubeObject {
  const { row } = r;
  const expected = apiVersionOf(row, r.version);
  if (input.kind !== undefined && input.kind !== row.kind) {
    throw cannotHandle(
      r,
      `no kind "${input.kind}" is registered for version "${input.apiVersion}" here`,
    );
  }
  if (input.apiVersion !== undefined && input.apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${input.apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  const object = withoutNulls(input) as KubeObject;
  object.apiVersion = expected;
  object.kind = row.kind;
  checkTypes(r, object);
  if (!isRecord(object.metadata)) object.metadata = {} as any;
  const { metadata } = object;
  if (row.namespaced && r.namespace) {
    if (metadata.namespace && metadata.namespace !== r.namespace) {
      throw badRequest(
        `the namespace of the provided object does not match the namespace sent on the request`,
      );
    }
    metadata.namespace = r.namespace;
  }
  if (r.name) {
    if (metadata.name && metadata.name !== r.name) {
      throw badRequest(
        `the name of the object (${metadata.name}) does not match the name on the URL (${r.name})`,
      );
    }
    metadata.name = r.name;
  }
  checkFields(r, object);
  return object;
}

/** A null field counts as absent. Returns a deep copy. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .map(([name, item]) => [name, withoutNulls(item)]),
  );
}

function cannotHandle({ row, version }: ApiRequest, why: string) {
  return badRequest(
    `${row.kind} in version "${version}" cannot be handled as a ${row.kind}: ${why}`,
  );
}

/** Types of built-in kinds are checked as Go's decoder does; those of custom resources by their schema, later. */
function checkTypes(r: ApiRequest, object: Json) {
  if (r.row.custom) return;
  const fault = decodingFault(object, r.row.schema.ref);
  if (fault) throw cannotHandle(r, fault);
}

/** Unknown fields: refused under `Strict`, pruned with a warning under `Warn`, pruned silently under `Ignore`. */
function checkFields(r: ApiRequest, object: Json) {
  const mode = fieldValidation(r);
  const { unknown } = checkStructure(object, r.row.schema);
  if (!r.row.custom) roundTrip(object, r.row.schema.ref);
  if (unknown.length === 0) return;
  const words = unknown.map(path => `unknown field "${path}"`);
  if (mode === 'Strict') {
    throw cannotHandle(r, `strict decoding error: ${words.join(', ')}`);
  }
  if (mode === 'Warn') r.warnings.push(...words);
}

const bodyOf = (r: ApiRequest) =>
  parseObject(r.body, r.contentType, { protobuf: !r.row.custom });

const hasStatus = (row: KindRow) => row.subresources.includes('status');

/** What the client may change: `/status` changes only status, everything else leaves it alone. */
function confine(
  r: ApiRequest,
  current: KubeObject,
  next: KubeObject,
): KubeObject {
  if (r.subresource === 'status') {
    const { managedFields } = next.metadata;
    return {
      ...clone(current),
      apiVersion: next.apiVersion,
      metadata: { ...clone(current.metadata), managedFields },
      status: next.status,
    };
  }
  if (hasStatus(r.row)) next.status = clone(current.status);
  return next;
}

function author(ctx: ApiContext, r: ApiRequest) {
  return {
    manager: managerOf(r),
    apiVersion: apiVersionOf(r.row, r.version),
    time: timestamp(ctx.now()),
    subresource: r.subresource,
  };
}

export function create(ctx: ApiContext, r: ApiRequest): Written {
  const object = decode(r, bodyOf(r));
  return createDecoded(ctx, r, object, true);
}

function createDecoded(
  ctx: ApiContext,
  r: ApiRequest,
  object: KubeObject,
  record: boolean,
): Written {
  if (hasStatus(r.row)) delete object.status;
  if (record) {
    delete object.metadata.managedFields;
    recordUpdate(undefined, object, r.row.schema, author(ctx, r));
  }
  const prepared = ctx.storage.prepareCreate(r.row, object);
  const stored = isDryRun(r)
    ? prepared
    : ctx.storage.commitCreate(r.row, prepared);
  return { object: inVersion(r.row, stored, r.version), created: true };
}

function currentOf(ctx: ApiContext, r: ApiRequest): KubeObject {
  const found = ctx.storage.read(r.row, r.namespace, r.name!);
  if (!found) throw notFound(named(r.row), r.name!);
  return inVersion(r.row, found, r.version);
}

function commit(
  ctx: ApiContext,
  r: ApiRequest,
  current: KubeObject,
  next: KubeObject,
): Written {
  const stale = next.metadata.resourceVersion;
  if (stale && stale !== current.metadata.resourceVersion) {
    throw conflict(named(r.row), r.name!);
  }
  if (next.metadata.uid && next.metadata.uid !== current.metadata.uid) {
    throw conflict(
      named(r.row),
      r.name!,
      `Precondition failed: UID in precondition: ${next.metadata.uid}, UID in object meta: ${current.metadata.uid}`,
    );
  }
  const stored = ctx.storage.read(r.row, r.namespace, r.name!)!;
  const result = isDryRun(r)
    ? ctx.storage.prepareUpdate(r.row, stored, next)
    : ctx.storage.replace(r.row, stored, next);
  return { object: inVersion(r.row, result, r.version), created: false };
}

/** Kinds that may be replaced only by who says which version it is that goes. */
const CONDITIONAL = new Set(['Lease']);

function requireVersion(r: ApiRequest, body: Json): void {
  const conditional = r.row.custom || CONDITIONAL.has(r.row.kind);
  if (!conditional || body.metadata?.resourceVersion) return;
  throw invalid(r.row.kind, r.row.group, r.name!, [
    {
      reason: 'FieldValueInvalid',
      field: 'metadata.resourceVersion',
      message: 'Invalid value: 0x0: must be specified for an update',
    },
  ]);
}

export function update(ctx: ApiContext, r: ApiRequest): Written {
  const body = bodyOf(r);
  const current = currentOf(ctx, r);
  requireVersion(r, body);
  if (r.subresource === 'scale') return scale(ctx, r, current, body);
  const next = confine(r, current, decode(r, body));
  next.metadata.managedFields = clone(current.metadata.managedFields);
  recordUpdate(current, next, r.row.schema, author(ctx, r));
  return commit(ctx, r, current, next);
}

/** Writes `/scale`: the body is a whole Scale. */
function scale(
  ctx: ApiContext,
  r: ApiRequest,
  current: KubeObject,
  body: Json,
): Written {
  const next = withScale(current, body);
  recordUpdate(current, next, r.row.schema, author(ctx, r));
  const { object } = commit(ctx, r, current, next);
  return { object: scaleOf(object), created: false };
}

export function patch(ctx: ApiContext, r: ApiRequest): Written {
  const type = r.contentType.split(';')[0].trim();
  if (type === 'application/apply-patch+yaml') return apply(ctx, r);
  const body = parseBody(r.body, r.contentType);
  const current = currentOf(ctx, r);
  const target = r.subresource === 'scale' ? scaleOf(current) : current;
  const patched = patchValue(type, target, body, r);
  if (r.subresource === 'scale') return scale(ctx, r, current, patched);
  const decoded = decode(r, patched);
  const next = confine(r, current, decoded);
  next.metadata.managedFields ??= clone(current.metadata.managedFields);
  if (equal(next.metadata.managedFields, current.metadata.managedFields)) {
    recordUpdate(current, next, r.row.schema, author(ctx, r));
  }
  return commit(ctx, r, current, next);
}

function patchValue(
  type: string,
  target: Json,
  body: Json,
  r: ApiRequest,
): Json {
  switch (type) {
    case 'application/json-patch+json':
      return jsonPatch(target, body);
    case 'application/merge-patch+json':
      return mergePatch(target, body);
    case 'application/strategic-merge-patch+json':
      if (!r.row.custom) return strategicMerge(target, body, r.row.schema);
      break;
    default:
  }
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, ${
      r.row.custom ? '' : 'application/strategic-merge-patch+json, '
    }application/apply-patch+yaml`,
  );
}

function apply(ctx: ApiContext, r: ApiRequest): Written {
  const manager = r.query.get('fieldManager');
  if (!manager) {
    throw new KubeStatusError(
      422,
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  }
  // YAML is a superset of JSON, and clients send either.
  const input = parseObject(r.body, 'application/yaml');
  if (!input.kind || !input.apiVersion) {
    throw badRequest(
      'error: apiVersion and kind must be set in an apply configuration',
    );
  }
  if (input.metadata?.managedFields?.length) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const applied = decode(r, input);
  const found = ctx.storage.read(r.row, r.namespace, r.name!);
  if (!found && r.subresource) throw notFound(named(r.row), r.name!);
  if (r.subresource !== 'status' && hasStatus(r.row)) delete applied.status;
  const live = found && inVersion(r.row, found, r.version);
  const next = serverSideApply(live, applied, r.row.schema, {
    manager,
    force: r.query.get('force') === 'true',
    apiVersion: apiVersionOf(r.row, r.version),
    subresource: r.subresource,
    time: timestamp(ctx.now()),
  });
  if (!live) {
    if (r.row.namespaced) next.metadata.namespace = r.namespace;
    return createDecoded(ctx, r, next, false);
  }
  next.metadata.resourceVersion =
    applied.metadata.resourceVersion ?? live.metadata.resourceVersion;
  return commit(ctx, r, live, confine(r, live, next));
}
