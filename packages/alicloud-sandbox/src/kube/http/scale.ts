import type { KubeObject } from '../../contract';
import { clone, type Json } from '../json';
import { selectorText } from '../selectors';
import { invalid } from '../status';

/** The autoscaling/v1 Scale of a workload. */
export function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } =
    object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: object.spec?.replicas ?? 0 },
    status: {
      replicas: object.status?.replicas ?? 0,
      selector: selectorText(object.spec?.selector),
    },
  };
}

/** The workload with the replicas that a Scale asks for; 422 for a number that cannot be. */
export function withScale(current: KubeObject, scale: Json): KubeObject {
  const replicas = scale?.spec?.replicas ?? 0;
  if (!Number.isInteger(replicas) || replicas < 0) {
    throw invalid('Scale', 'autoscaling', current.metadata.name, [
      {
        reason: 'FieldValueInvalid',
        field: 'spec.replicas',
        message: `Invalid value: ${JSON.stringify(
          replicas,
        )}: must be an integer greater than or equal to 0`,
      },
    ]);
  }
  const next = clone(current);
  next.spec.replicas = replicas;
  next.metadata.resourceVersion = scale.metadata?.resourceVersion;
  return next;
}
