import type { KubeClusterSpec, KubeObject, PodInjector } from '../../contract';
import { NAMESPACES, SERVICES } from '../kinds';
import { KubeStatusError, invalid } from '../status';
import type { Admission, ClusterStorage } from '../storage';
import { applyDefaults } from './defaults';
import { localityFault } from './locality';
import { allocateService } from './services';
import { checkStructure } from './structure';
import { faultsOf } from './validate';

/** What ACK uses when a cluster names no Service CIDR. */
const DEFAULT_SERVICE_CIDR = '172.21.0.0/20';

const OPTIONAL = ['labels', 'annotations', 'ownerReferences', 'finalizers'];

/** Empty lists and maps are none, whoever writes them. */
function dropEmptyMetadata({ metadata }: KubeObject): void {
  for (const name of OPTIONAL) {
    const value = metadata[name];
    if (value && Object.keys(value).length === 0) delete metadata[name];
  }
}

/** Defaults, allocation and validation of one cluster, in the API server's order. */
export function createAdmission(
  spec: KubeClusterSpec,
  storage: ClusterStorage,
  now: () => number,
  injector: () => PodInjector | undefined = () => undefined,
): Admission {
  const serviceCidr = spec.serviceCidr ?? DEFAULT_SERVICE_CIDR;
  function inject(pod: KubeObject) {
    const name = pod.metadata.namespace!;
    const namespace = storage.get(NAMESPACES, undefined, name);
    const labels = namespace?.metadata.labels ?? {};
    try {
      injector()?.inject(spec, { name, labels }, pod);
    } catch (error) {
      throw new KubeStatusError(
        500,
        'InternalError',
        `Internal error occurred: ${(error as Error).message}`,
      );
    }
  }

  return (row, object, previous) => {
    const { causes } = checkStructure(object, row.schema);
    if (causes.length > 0) {
      throw invalid(row.kind, row.group, object.metadata.name, causes);
    }
    dropEmptyMetadata(object);
    if (row.kind === 'Pod' && !previous) inject(object);
    applyDefaults(object, now());
    const faults = faultsOf(row, object, previous);
    if (faults.length > 0) {
      throw invalid(row.kind, row.group, object.metadata.name, faults);
    }
    const denial =
      row.kind === 'DestinationRule' ? localityFault(object) : undefined;
    if (denial) {
      throw new KubeStatusError(
        400,
        'BadRequest',
        `admission webhook "validation.istio.io" denied the request: configuration is invalid: ${denial}`,
      );
    }
    if (row.kind === 'Service') {
      const others = storage
        .readAll(storage.row(SERVICES))
        .filter(other => other.metadata.uid !== object.metadata.uid);
      allocateService(object, previous, others, serviceCidr);
    }
  };
}
