import Cs, * as cs from '@alicloud/cs20151215';
import Ecs, * as ecs from '@alicloud/ecs20140526';
import OpenApi, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import Vpc, * as vpc from '@alicloud/vpc20160428';
import {
  RPC_VERSIONS,
  type Answer,
  type Connection,
  type OfficialClient,
  type RpcProductName,
} from './client';
import { shapeFaults, type ModelClass } from './shapes';

type Models = Record<string, unknown>;

/** A generated client: one method an operation. */
type Generated = OpenApi & Record<string, (...args: unknown[]) => Promise<any>>;

/** The typed client, and where the cloud's answers were not what its models declare. */
export interface TypedClient extends OfficialClient {
  /** Sorted, each once. */
  faults(): string[];
  /** Operations whose answers were compared with a model. */
  compared(): string[];
}

/**
 * The current generation of clients: the typed SDKs where npm has one, the generic client for CEN, ASM and STS; V3
 * signatures. Parameters that a typed request does not know are refused here, and every answer is held against the
 * response model before the SDK drops what it does not know.
 */
export function typedClient(connection: Connection): TypedClient {
  const { endpoint, accessKeyId, accessKeySecret, ca } = connection;
  const { host, protocol } = new URL(endpoint);
  const config = new $OpenApiUtil.Config({
    accessKeyId,
    accessKeySecret,
    endpoint: host,
    protocol: protocol.slice(0, -1),
    regionId: 'cn-hangzhou',
    ca,
  });
  const faults = new Set<string>();
  const compared = new Set<string>();

  const typed = (client: OpenApi, models: Models) => {
    const generated = client as Generated;
    return async (
      action: string,
      id: string | undefined,
      input: Record<string, unknown>,
    ): Promise<Answer> => {
      const response = models[`${action}Response`] as ModelClass;
      const request = models[`${action}Request`] as ModelClass | undefined;
      const callApi = OpenApi.prototype.callApi;
      generated.callApi = async (...args: Parameters<typeof callApi>) => {
        const answer = await callApi.apply(client, args);
        compared.add(action);
        const { body } = response.types();
        for (const fault of shapeFaults(answer.body, body, action)) {
          faults.add(fault);
        }
        return answer;
      };
      const method = action[0].toLowerCase() + action.slice(1);
      const { body } = await generated[method](
        ...(id === undefined ? [] : [id]),
        ...(request ? [requestOf(request, input)] : []),
      );
      return onTheWire(body);
    };
  };
  const cluster = typed(new Cs(config), cs);
  const byProduct: Partial<Record<RpcProductName, ReturnType<typeof typed>>> = {
    vpc: typed(new Vpc(config), vpc),
    ecs: typed(new Ecs(config), ecs),
  };
  const generic = new OpenApi(config);

  return {
    rpc: (product, action, parameters = {}) =>
      byProduct[product]?.(action, undefined, parameters) ??
      callGeneric(generic, product, action, parameters),
    cs: (operation, id, input = {}) => cluster(operation, id, input),
    faults: () => [...faults].sort(),
    compared: () => [...compared].sort(),
  };
}

/** A typed request from parameters in the wire's names. @throws Error when the SDK does not know one of them */
function requestOf(model: ModelClass, input: Record<string, unknown>): object {
  const [fault] = shapeFaults(input, model, model.name);
  if (fault) throw new Error(fault);
  return toModel(input, model) as object;
}

function toModel(value: unknown, type: unknown): unknown {
  if (Array.isArray(value)) {
    const { itemType } = type as { itemType: unknown };
    return value.map(item => toModel(item, itemType));
  }
  if (typeof type !== 'function') return value;
  const Model = type as ModelClass;
  const types = Model.types();
  const map = value as Record<string, unknown>;
  return new Model(
    Object.fromEntries(
      Object.entries(Model.names())
        .filter(([, wire]) => map[wire] !== undefined)
        .map(([field, wire]) => [field, toModel(map[wire], types[field])]),
    ),
  );
}

function onTheWire(body: unknown): Answer {
  if (Array.isArray(body)) return body.map(onTheWire);
  return (body as { toMap(): Answer }).toMap();
}

/** Official SDKs put parameters of CEN in the query and those of ASM in the form. */
async function callGeneric(
  client: OpenApi,
  product: RpcProductName,
  action: string,
  parameters: Record<string, unknown>,
): Promise<Answer> {
  const params = new $OpenApiUtil.Params({
    action,
    version: RPC_VERSIONS[product],
    protocol: 'HTTPS',
    pathname: '/',
    method: 'POST',
    authType: 'AK',
    style: 'RPC',
    reqBodyType: 'formData',
    bodyType: 'json',
  });
  const inForm = product === 'servicemesh';
  const request = new $OpenApiUtil.OpenApiRequest(
    inForm
      ? { body: OpenApiUtil.query(parameters) }
      : { query: OpenApiUtil.query(parameters) },
  );
  const { body } = await client.callApi(
    params,
    request,
    {} as Parameters<OpenApi['callApi']>[2],
  );
  return body;
}
