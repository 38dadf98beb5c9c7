import type { AlicloudError } from '../alicloud/errors';

/**
 * What an error of the cloud means for the engine: the transport's own judgement plus the codes that matter to a walk over
 * dependent resources (product documentation, and what the Terraform provider retries).
 */
type Failure = Partial<AlicloudError> | undefined | null;

const codeOf = (error: unknown) => (error as Failure)?.code ?? '';

const BUSY =
  /^(Operation\.Blocking|IncorrectStatus(\..*)?|InstanceStatus\.NotSupport|TaskConflict|OperationConflict|SystemBusy|.*\.cbnStatus|InvalidStatus\.RouteEntry|Incorrect(VSwitch|Vpc|RouteEntry)Status|OperationFailed\..*|(Last)?TokenProcessing|OperationDenied\.OtherSubnetProcessing|StillInitializing|InvalidActiveState\.ACK)$/;

const IN_USE =
  /^(DependencyViolation.*|InvalidOperation\.(CenInstanceStatus|ChildInstancesExist|AttachedChildInstanceExist|CenBandwidthLimitsNotZero)|RelatedResourceReused)$/;

/** A neighbour is changing; the same call succeeds a little later. */
export function isBusy(error: unknown): boolean {
  const failure = error as Failure;
  return !!failure?.busy || !!failure?.throttled || BUSY.test(codeOf(error));
}

/** Something still depends on what should be deleted. */
export function isInUse(error: unknown): boolean {
  return IN_USE.test(codeOf(error)) || isBusy(error);
}

/** What should be deleted or read is not there. */
export function isGone(error: unknown): boolean {
  const failure = error as Failure;
  return !!failure?.notFound || failure?.name === 'NotFoundError';
}

/** Another resource has the name already. */
export function isNameTaken(error: unknown): boolean {
  return /^(ErrorClusterNameAlreadyExist|NameAlreadyExist|(Instance|Association)Exist\..*)$/.test(
    codeOf(error),
  );
}

/** The ClientToken was used before for a request with other parameters, e.g. below a parent that is gone; nothing was made. */
export function isTokenSpent(error: unknown): boolean {
  return /^Idempotent?Param\w*Mis[mM]atch$/.test(codeOf(error));
}

/** Nobody knows whether the call took effect, or a read was not answered: look again before deciding. */
export function isUnclear(error: unknown): boolean {
  const failure = error as Failure;
  return (
    !!failure?.unclear ||
    (failure?.statusCode ?? 0) >= 500 ||
    /^(NetworkError|ConnectFailed|DeadlineExceeded|NotJson|ServiceUnavailable|InternalError|UnknownError)$/.test(
      codeOf(error),
    )
  );
}

/** The next look may well be answered. */
export function isPassing(error: unknown): boolean {
  return !!(error as Failure)?.retryable || isUnclear(error) || isBusy(error);
}

/** The task was cancelled. */
export function isAbort(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { name?: string; code?: string };
  return name === 'AbortError' || code === 'ABORT_ERR';
}

/** The message of whatever was thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
