import type {
  DistributionRule,
  FailoverRule,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  asObject,
  embedded,
  flag,
  integer,
  objects,
  text,
  type Json,
  type JsonObject,
} from './shape';
import type { LocalitySetting, MeshLocality } from './types';

/**
 * Reads the mesh-wide locality setting. The published models and examples disagree about its shape, so a rule list may
 * be an array, an object that wraps the array, or JSON text of either; regions may be written `cn-hangzhou` or
 * `cn-hangzhou/*`.
 */
export function readLocality(meshConfig: JsonObject): MeshLocality {
  const setting = asObject(embedded(meshConfig.LocalityLB));
  const failover: FailoverRule[] = rules(
    setting.Failover ?? setting.failover,
    'failover',
  ).map(rule => ({ from: region(rule.from), to: region(rule.to) }));
  const distribute: DistributionRule[] = rules(
    setting.Distribute ?? setting.distribute,
    'distribute',
  ).map(rule => ({
    from: region(rule.from),
    to: Object.fromEntries(
      Object.entries(asObject(embedded(rule.to))).map(([name, weight]) => [
        region(name),
        integer(weight),
      ]),
    ),
  }));
  const enabled = setting.Enabled ?? setting.enabled;
  return {
    enabled: flag(
      typeof enabled === 'boolean' || typeof enabled === 'string'
        ? enabled
        : meshConfig.EnableLocalityLB,
    ),
    failover,
    distribute,
  };
}

function rules(value: Json | undefined, name: string): JsonObject[] {
  const parsed = embedded(value);
  if (Array.isArray(parsed)) return objects(parsed);
  const wrapper = asObject(parsed);
  const inner = embedded(
    wrapper[name] ?? wrapper[name[0].toUpperCase() + name.slice(1)],
  );
  if (Array.isArray(inner)) return objects(inner);
  // A single rule that was not put into a list.
  return 'from' in wrapper ? [wrapper] : [];
}

/** `cn-hangzhou/*` means the region; deeper localities are left as they are. */
function region(value: Json | undefined): string {
  return text(value)
    .trim()
    .replace(/(?<=[^/*])(\/\*)+$/, '');
}

/** Parameters of UpdateMeshFeature that write the mesh-wide locality setting. */
export function localityParameters(
  serviceMeshId: string,
  setting: LocalitySetting,
): {
  ServiceMeshId: string;
  LocalityLoadBalancing: boolean;
  LocalityLBConf?: string;
} {
  return {
    ServiceMeshId: serviceMeshId,
    LocalityLoadBalancing: setting.enabled,
    ...(setting.enabled && { LocalityLBConf: writeLocality(setting) }),
  };
}

/** `LocalityLBConf` as UpdateMeshFeature documents it: bare regions, one of the two keys. */
export function writeLocality(
  setting: Extract<LocalitySetting, { enabled: true }>,
): string {
  return JSON.stringify(
    'failover' in setting
      ? {
          failover: setting.failover.map(({ from, to }) => ({ from, to })),
        }
      : {
          distribute: setting.distribute.map(({ from, to }) => ({ from, to })),
        },
  );
}
