import type { RootConfigService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import type { KubernetesObject } from '@mesh-dr/backstage-plugin-mesh-dr-node';

/**
 * What `dr:kubernetes:apply` may write. Kinds are `Kind` for the core group, `group/Kind` or `group/*`; namespaces are names
 * or `*`. Denied namespaces win.
 */
export interface ApplyPolicy {
  kinds: string[];
  namespaces: string[];
  deniedNamespaces: string[];
}

/** Workloads and Istio; never cluster-scoped permissions, admission hooks or secrets. */
export const DEFAULT_APPLY_POLICY: ApplyPolicy = {
  kinds: [
    'Namespace',
    'Service',
    'ServiceAccount',
    'ConfigMap',
    'apps/Deployment',
    'apps/StatefulSet',
    'apps/DaemonSet',
    'batch/Job',
    'batch/CronJob',
    'autoscaling/HorizontalPodAutoscaler',
    'policy/PodDisruptionBudget',
    'networking.istio.io/Gateway',
    'networking.istio.io/VirtualService',
    'networking.istio.io/DestinationRule',
    'networking.istio.io/ServiceEntry',
    'networking.istio.io/Sidecar',
  ],
  namespaces: ['*'],
  deniedNamespaces: [
    'kube-system',
    'kube-public',
    'kube-node-lease',
    'istio-system',
  ],
};

/** Reads `meshDr.kubernetesApply`. */
export function readApplyPolicy(config: RootConfigService): ApplyPolicy {
  const section = config.getOptionalConfig('meshDr.kubernetesApply');
  return {
    kinds:
      section?.getOptionalStringArray('kinds') ?? DEFAULT_APPLY_POLICY.kinds,
    namespaces:
      section?.getOptionalStringArray('namespaces') ??
      DEFAULT_APPLY_POLICY.namespaces,
    deniedNamespaces:
      section?.getOptionalStringArray('deniedNamespaces') ??
      DEFAULT_APPLY_POLICY.deniedNamespaces,
  };
}

function qualifiedKind(object: KubernetesObject): {
  group: string;
  name: string;
} {
  const slash = object.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : object.apiVersion.slice(0, slash);
  return { group, name: group ? `${group}/${object.kind}` : object.kind };
}

/**
 * Refuses everything that the operator has not allowed, before anything is applied.
 *
 * @throws NotAllowedError naming every object at fault and the configuration key
 */
export function assertAllowed(
  policy: ApplyPolicy,
  objects: KubernetesObject[],
  defaultNamespace: string,
): void {
  const problems: string[] = [];
  for (const object of objects) {
    const { group, name } = qualifiedKind(object);
    const subject = `${object.kind} ${object.metadata.name}`;
    if (
      !policy.kinds.includes(name) &&
      !(group && policy.kinds.includes(`${group}/*`))
    ) {
      problems.push(
        `${subject}: kind ${name} is not in meshDr.kubernetesApply.kinds (${policy.kinds.join(
          ', ',
        )})`,
      );
      continue;
    }
    const namespace =
      object.kind === 'Namespace' && !group
        ? object.metadata.name
        : object.metadata.namespace ?? defaultNamespace;
    if (policy.deniedNamespaces.includes(namespace)) {
      problems.push(
        `${subject}: namespace ${namespace} is in meshDr.kubernetesApply.deniedNamespaces`,
      );
    } else if (
      !policy.namespaces.includes('*') &&
      !policy.namespaces.includes(namespace)
    ) {
      problems.push(
        `${subject}: namespace ${namespace} is not in meshDr.kubernetesApply.namespaces (${policy.namespaces.join(
          ', ',
        )})`,
      );
    }
  }
  if (problems.length) {
    throw new NotAllowedError(
      `Nothing was applied, because the portal's operators do not allow:\n- ${problems.join(
        '\n- ',
      )}`,
    );
  }
}
