import { AlicloudError } from '../alicloud/errors';
import {
  OPERATIONS,
  type Product,
  type RpcProduct,
} from '../alicloud/operations';
import type { Json, JsonObject } from '../alicloud/shape';
import type {
  AlicloudTransport,
  RoaCall,
  RpcCall,
} from '../alicloud/transport';
import type { CallOptions } from '../alicloud/types';

/** One call that was made, with what came back before any parser saw it. */
export interface RecordedCall {
  /** e.g. `vpc.DescribeVpcs`. */
  operation: string;
  answer?: Json;
  /** Code and text of a refusal; never a secret. */
  error?: { code: string; message: string; statusCode?: number };
}

/** Answers that the calls of an operation brought. */
export type Answers = (operation: string) => JsonObject[];

/**
 * A transport that lets reads through and nothing else, and keeps what they brought.
 *
 * @throws Error from `rpc` and `roa` for an operation that could change something
 */
export class RecordingTransport implements AlicloudTransport {
  readonly calls: RecordedCall[] = [];

  constructor(private readonly inner: AlicloudTransport) {}

  /** Bare lists are handed out as `{ items }`. */
  answers: Answers = operation =>
    this.calls
      .filter(call => call.operation === operation)
      .flatMap(({ answer }) => {
        if (Array.isArray(answer)) return [{ items: answer }];
        return answer && typeof answer === 'object' ? [answer] : [];
      });

  rpc<P extends RpcProduct>(
    call: RpcCall<P>,
    options?: CallOptions,
  ): Promise<JsonObject> {
    return this.#record(call.product, call.operation, () =>
      this.inner.rpc(call, options),
    );
  }

  roa(call: RoaCall, options?: CallOptions): Promise<Json> {
    return this.#record('cs', call.operation, () =>
      this.inner.roa(call, options),
    );
  }

  close(): void {
    this.inner.close();
  }

  async #record<T extends Json>(
    product: Product,
    name: string,
    send: () => Promise<T>,
  ): Promise<T> {
    const kind = (OPERATIONS[product] as Record<string, string>)[name];
    if (kind !== 'read') {
      throw new Error(
        `${product}.${name} is not a read; the doctor only looks`,
      );
    }
    const operation = `${product}.${name}`;
    try {
      const answer = await send();
      this.calls.push({ operation, answer });
      return answer;
    } catch (error) {
      const failure = error as AlicloudError;
      this.calls.push({
        operation,
        error: {
          code: failure.code ?? failure.name,
          message: failure.message,
          statusCode: failure.statusCode,
        },
      });
      throw error;
    }
  }
}

/** Whether a refusal means that the RAM policy does not allow the operation. */
export function isDenied(error: RecordedCall['error']): boolean {
  return (
    !!error &&
    (error.statusCode === 403 ||
      /^(Forbidden|NoPermission|StatusForbidden)/.test(error.code))
  );
}
