import type { KubeObject, KubeStorage } from '../../../contract';
import { RpcCall } from '../../call';
import { Cloud } from '../../cloud';
import { ApiError, invalidParameter } from '../../errors';
import type { RpcOperation } from '../../operation';
import { runningMesh } from './find';
import { ISTIO_GATEWAYS, SYSTEM_NAMESPACE as NAMESPACE } from './kinds';

/** The IstioGateway in `Body`, named as `IstioGatewayName` says. */
function parseGateway(call: RpcCall): KubeObject {
  const body = call.json('Body');
  if (!body || typeof body !== 'object' || Array.isArray(body)) {
    throw invalidParameter('Body', 'it is not an IstioGateway as JSON.');
  }
  const { metadata, spec } = body as Partial<KubeObject>;
  const name = call.text('IstioGatewayName') ?? metadata?.name;
  if (!name) throw invalidParameter('IstioGatewayName', 'it is empty.');
  return {
    apiVersion: 'istio.alibabacloud.com/v1beta1',
    kind: 'IstioGateway',
    metadata: { ...metadata, name, namespace: NAMESPACE },
    spec: spec ?? {},
  };
}

function apply(call: RpcCall, cloud: Cloud, expectPresent: boolean): void {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const gateway = parseGateway(call);
  const { name } = gateway.metadata;
  const storage = cloud.kube.get(mesh.meshId)!.storage;
  const present = storage.get(ISTIO_GATEWAYS, NAMESPACE, name) !== undefined;
  if (present !== expectPresent) {
    throw present
      ? new ApiError('NameAlreadyExist', `The gateway ${name} already exists.`)
      : new ApiError(
          'ASMGateway.NotFound',
          `The gateway ${name} does not exist.`,
          404,
        );
  }
  try {
    write(storage, gateway, present);
  } catch (error) {
    // What the API server refuses is the caller's to correct.
    if (error instanceof Error && 'toStatus' in error) {
      throw invalidParameter('Body', error.message);
    }
    throw error;
  }
}

function write(
  storage: KubeStorage,
  gateway: KubeObject,
  present: boolean,
): void {
  if (present) {
    storage.update(ISTIO_GATEWAYS, NAMESPACE, gateway.metadata.name, object => {
      object.spec = gateway.spec;
      object.metadata.annotations = {
        ...object.metadata.annotations,
        ...gateway.metadata.annotations,
      };
    });
  } else {
    storage.create(ISTIO_GATEWAYS, gateway);
  }
}

export const gatewayOperations: Record<string, RpcOperation> = {
  CreateASMGateway: {
    required: ['Body'],
    run: (call, cloud) => apply(call, cloud, false),
  },
  UpdateASMGateway: {
    required: ['Body'],
    run: (call, cloud) => apply(call, cloud, true),
  },
};
