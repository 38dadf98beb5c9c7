import { REGIONS } from '../../../network/regions';
import { RpcCall } from '../../call';
import { ApiError } from '../../errors';
import type { LocalityConf, Mesh } from '../../model';
import { supportsDistribute } from './versions';

function refuse(reason: string): ApiError {
  return new ApiError(
    'InvalidParameter.LocalityLBConf',
    `The LocalityLBConf is not valid: ${reason}.`,
  );
}

/** `cn-hangzhou/*` and `cn-hangzhou` mean the same region. */
function bare(locality: string): string {
  return locality.replace(/(\/\*)+$/, '');
}

/** Checks LocalityLBConf as Istio's validation does. */
export function parseLocalityConf(call: RpcCall): LocalityConf | undefined {
  const value = call.json('LocalityLBConf');
  if (value === undefined) return undefined;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw refuse('it is not a JSON object');
  }
  const { failover, distribute } = value as Record<string, unknown>;
  if (failover !== undefined && distribute !== undefined) {
    throw refuse('either failover or distribute can be set');
  }
  if (failover !== undefined) return { failover: parseFailover(failover) };
  if (distribute !== undefined) {
    return { distribute: parseDistribute(distribute) };
  }
  return {};
}

function rows(value: unknown, field: string): Record<string, unknown>[] {
  if (
    !Array.isArray(value) ||
    value.some(row => !row || typeof row !== 'object')
  ) {
    throw refuse(`${field} is not an array of objects`);
  }
  return value;
}

function parseFailover(value: unknown): LocalityConf['failover'] {
  const seen = new Set<string>();
  return rows(value, 'failover').map(({ from, to }) => {
    if (typeof from !== 'string' || typeof to !== 'string') {
      throw refuse('a failover rule needs from and to');
    }
    for (const region of [from, to]) {
      if (/[/*]/.test(region) || !REGIONS.has(region)) {
        throw refuse(`'${region}' is not a region`);
      }
    }
    if (from === to) throw refuse(`failover from ${from} to itself`);
    if (seen.has(from)) throw refuse(`two failover rules from ${from}`);
    seen.add(from);
    return { from, to };
  });
}

function parseDistribute(value: unknown): LocalityConf['distribute'] {
  const seen = new Set<string>();
  return rows(value, 'distribute').map(({ from, to }) => {
    if (typeof from !== 'string' || !to || typeof to !== 'object') {
      throw refuse('a distribute rule needs from and to');
    }
    if (seen.has(bare(from))) {
      throw refuse(`two distribute rules from ${bare(from)}`);
    }
    seen.add(bare(from));
    const weights = Object.entries(to as Record<string, unknown>);
    let sum = 0;
    for (const [locality, weight] of weights) {
      if (
        !Number.isInteger(weight) ||
        Number(weight) < 1 ||
        Number(weight) > 100
      ) {
        throw refuse(`the weight of ${locality} must be 1 to 100`);
      }
      sum += Number(weight);
    }
    if (sum !== 100) {
      throw refuse(`the weights from ${from} sum to ${sum}, not to 100`);
    }
    for (const locality of [from, ...weights.map(([key]) => key)]) {
      const [region] = locality.split('/');
      if (region !== '*' && !REGIONS.has(region)) {
        throw refuse(`'${locality}' is in no known region`);
      }
    }
    return { from, to: Object.fromEntries(weights) as Record<string, number> };
  });
}

/** @throws ApiError `VersionNotSupport.Distribute` for a distribution before 1.22.6.66. */
export function checkDistribute(
  conf: LocalityConf | undefined,
  version: string,
  mesh: string,
): void {
  if (!conf?.distribute || supportsDistribute(version)) return;
  throw new ApiError(
    'VersionNotSupport.Distribute',
    `Traffic distribution over regions requires ASM 1.22.6.66 or later; ${mesh} is ${version}. Upgrade it or use failover.`,
  );
}

/**
 * Applies LocalityLoadBalancing and LocalityLBConf to a mesh. The two modes exclude each other: one is switched off
 * before the other is switched on; distribution needs 1.22.6.66.
 * @throws ApiError without having changed anything.
 */
export function applyLocality(call: RpcCall, mesh: Mesh): void {
  const enabled = call.bool('LocalityLoadBalancing');
  const conf = parseLocalityConf(call);
  const nowEnabled = enabled ?? mesh.localityEnabled;
  checkDistribute(conf, mesh.version, mesh.meshId);
  const switches =
    (mesh.locality.failover && conf?.distribute) ||
    (mesh.locality.distribute && conf?.failover);
  if (mesh.localityEnabled && nowEnabled && switches) {
    throw new ApiError(
      'OperationDenied.LocalityModeConflict',
      `Locality load balancing of ${mesh.meshId} is on in the other mode; switch it off before changing between failover and distribute.`,
    );
  }
  mesh.localityEnabled = nowEnabled;
  if (conf) {
    mesh.locality = conf;
  } else if (
    nowEnabled &&
    !mesh.locality.failover &&
    !mesh.locality.distribute
  ) {
    // The mode defaults to failover.
    mesh.locality = { failover: [] };
  }
}

/** `LocalityLB` of DescribeServiceMeshDetail: regions of distribute come back in Istio's form. */
export function localityShape(mesh: Mesh) {
  const { failover, distribute } = mesh.locality;
  const starred = (locality: string) =>
    locality.includes('/') || locality === '*' ? locality : `${locality}/*`;
  return {
    Enabled: mesh.localityEnabled,
    Failover: failover ? { failover } : {},
    Distribute: distribute
      ? {
          distribute: distribute.map(({ from, to }) => ({
            from: starred(from),
            to: Object.fromEntries(
              Object.entries(to).map(([key, value]) => [starred(key), value]),
            ),
          })),
        }
      : {},
    FailoverPriority: {},
  };
}
