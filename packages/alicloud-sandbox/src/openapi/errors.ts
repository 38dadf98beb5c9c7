/** An error as Alibaba Cloud reports it; the server adds RequestId, HostId and Recommend. */
export class ApiError extends Error {
  constructor(
    /** e.g. `InvalidVpcID.NotFound`. */
    readonly code: string,
    message: string,
    /** HTTP status. */
    readonly status = 400,
    /** Sent with the answer. */
    readonly headers?: Record<string, string>,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export function notFound(code: string, what: string, id: string): ApiError {
  return new ApiError(code, `The specified ${what} ${id} does not exist.`, 404);
}

export function missingParameter(name: string): ApiError {
  return new ApiError(
    'MissingParameter',
    `The input parameter "${name}" that is mandatory for processing this request is not supplied.`,
  );
}

export function invalidParameter(name: string, reason: string): ApiError {
  return new ApiError(
    'InvalidParameter',
    `The specified parameter "${name}" is not valid: ${reason}`,
  );
}

/** `DryRun=true` and nothing wrong: reported as an error by the real cloud too. */
export function dryRunPassed(): ApiError {
  return new ApiError(
    'DryRunOperation',
    'Request validation has been passed with DryRun flag set.',
  );
}

/** Body of a gateway or RPC product error. */
export function rpcErrorBody(
  error: ApiError,
  requestId: string,
  hostId: string,
): object {
  return {
    RequestId: requestId,
    HostId: hostId,
    Code: error.code,
    Message: error.message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(
      error.code,
    )}&requestId=${requestId}`,
  };
}

/** Body of an error of the Container Service itself: lower-case keys. */
export function roaErrorBody(error: ApiError, requestId: string): object {
  return {
    code: error.code,
    message: error.message,
    requestId,
    status: error.status,
  };
}
