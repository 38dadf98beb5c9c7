import type { OperationKind, Product } from './operations';

/** What is known about a failed call; see {@link AlicloudError}. */
export interface AlicloudFailure {
  product: Product;
  operation: string;
  /** Alibaba's error code, or ours: `DeadlineExceeded`, `NotSent`, `NetworkError`, `NotJson`, `HttpStatus`, `NoCredentials`. */
  code: string;
  /** What the cloud said, without secrets. */
  detail: string;
  resource?: string;
  requestId?: string;
  statusCode?: number;
  kind: OperationKind;
}

/**
 * A call to Alibaba Cloud that failed for good. The message names the operation, the resource, the cloud's reason, its
 * code and RequestId; never a key, a signature or a URL.
 */
export class AlicloudError extends Error {
  readonly product: Product;
  readonly operation: string;
  readonly code: string;
  readonly requestId?: string;
  readonly statusCode?: number;
  /** The same call may succeed later. */
  readonly retryable: boolean;
  /** The resource that the call names does not exist. */
  readonly notFound: boolean;
  /** The call may have taken effect nevertheless: look before calling again. */
  readonly unclear: boolean;
  /** Refused by the service, or not even sent, because of too many calls. */
  readonly throttled: boolean;
  /** Refused because another operation on the same resource is running; nothing was changed. */
  readonly busy: boolean;
  /** Refused because of an outdated token or signature; nothing was changed, and the next attempt signs anew. */
  readonly expired: boolean;

  constructor(failure: AlicloudFailure) {
    const facts = [
      `Code ${failure.code}`,
      failure.statusCode === undefined
        ? undefined
        : `HTTP ${failure.statusCode}`,
      failure.requestId ? `RequestId ${failure.requestId}` : undefined,
    ].filter(Boolean);
    super(
      `${failure.product} ${failure.operation}${
        failure.resource ? ` of ${failure.resource}` : ''
      } failed: ${failure.detail} [${facts.join(', ')}]${remedy(failure.code)}`,
    );
    this.name = 'AlicloudError';
    this.product = failure.product;
    this.operation = failure.operation;
    this.code = failure.code;
    this.requestId = failure.requestId;
    this.statusCode = failure.statusCode;
    this.throttled = isThrottling(failure);
    this.busy = isBusy(failure.code);
    this.expired = /^(InvalidSecurityToken|InvalidTimeStamp)\.Expired$/.test(
      failure.code,
    );
    this.notFound = isNotFound(failure);
    const transient = isTransient(failure);
    this.unclear =
      failure.kind !== 'read' &&
      transient &&
      !this.throttled &&
      failure.code !== 'ConnectFailed';
    this.retryable =
      transient ||
      this.throttled ||
      this.busy ||
      this.expired ||
      /IncorrectStatus|^Incorrect\w+Status/.test(failure.code);
  }
}

/** What somebody can do about codes whose own text does not say it; for the others the cloud's reason must do. */
function remedy(code: string): string {
  if (
    /^(InvalidAccessKeyId|SignatureDoesNotMatch|IncompleteSignature)/.test(code)
  ) {
    return '. Check accessKeyId and accessKeySecret of the account in meshDr.alicloud.accounts';
  }
  if (code === 'NotSent') {
    return '. Repeat it later; if the quota centre grants the account more calls, raise callsPerSecond of the account in meshDr.alicloud.accounts';
  }
  if (/^InvalidTimeStamp/.test(code)) {
    return ". Set this machine's clock: it differs from the cloud's by more than 15 minutes";
  }
  if (/^(Forbidden\.RAM|NoPermission|StatusForbidden)/.test(code)) {
    return '. Allow the operation in the RAM policy of the account in meshDr.alicloud.accounts';
  }
  return '';
}

function isThrottling({ code, detail, statusCode }: AlicloudFailure): boolean {
  return (
    /throttling/i.test(code) ||
    statusCode === 429 ||
    code === 'NotSent' ||
    /qps limit exceeded/i.test(`${code} ${detail}`)
  );
}

/** Codes with which the network products refuse while another change of the same resource is running. */
function isBusy(code: string): boolean {
  return (
    /^(Operation\.Blocking|TaskConflict|OperationConflict|SystemBusy|IncorrectVpcStatus|IncorrectVSwitchStatus)$/.test(
      code,
    ) ||
    /(TokenProcessing|cbnStatus|DistibuteLock|OtherSubnetProcessing)$/.test(
      code,
    )
  );
}

function isTransient({ code, statusCode }: AlicloudFailure): boolean {
  return (
    (statusCode !== undefined && statusCode >= 500) ||
    [
      'NetworkError',
      'ConnectFailed',
      'DeadlineExceeded',
      'NotJson',
      'ServiceUnavailable',
      'InternalError',
      'UnknownError',
      'LastTokenProcessing',
    ].includes(code)
  );
}

/** Wrong keys, operations and versions also answer 404 or say "NotFound"; they are not a missing resource. */
const NOT_A_RESOURCE =
  /^(InvalidAccessKeyId|InvalidAction|InvalidApi|InvalidVersion|InvalidRegionId|InvalidSecurityToken)\b|^(HttpStatus|NotJson)$/;

function isNotFound({ product, code, statusCode }: AlicloudFailure): boolean {
  if (NOT_A_RESOURCE.test(code)) return false;
  if (product === 'cbn') {
    // CEN's way of saying that an instance is gone (as the Terraform provider reads it).
    if (code === 'ParameterCenInstanceId' || code === 'ParameterInstanceId') {
      return true;
    }
  }
  return (
    statusCode === 404 ||
    /NotFound|NotExist/.test(code) ||
    (product === 'servicemesh' && code === 'ERR404')
  );
}

const HIDDEN = '<hidden>';

/**
 * Takes secrets out of a text of the cloud or of the client library: the given values, the string to sign that
 * signature errors quote, URLs with their parameters, and named parameters.
 */
export function redact(
  text: string,
  secrets: readonly (string | undefined)[] = [],
): string {
  let result = text
    .replace(
      /(server string to sign is|string to sign)\b[^]*$/i,
      `$1 ${HIDDEN}`,
    )
    .replace(/,?\s*URL: \S+/g, '')
    .replace(
      /\b(AccessKeyId|AccessKeySecret|Signature|SignatureNonce|SecurityToken|Authorization)(=|%3D|:\s*)[^\s&,;]+/gi,
      `$1$2${HIDDEN}`,
    )
    .replace(/\bacs \S+:\S+/g, `acs ${HIDDEN}`)
    .replace(/(https?:\/\/[^\s?]+)\?\S+/g, '$1');
  for (const secret of secrets) {
    if (secret && secret.length >= 4) {
      result = result.replaceAll(secret, HIDDEN);
      result = result.replaceAll(encodeURIComponent(secret), HIDDEN);
    }
  }
  return result.trim();
}
