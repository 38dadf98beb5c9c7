import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import type { Fleet } from '../fleet/Fleet';
import type { PrometheusSource } from './Prometheus';

/** `meshDr.metrics.prometheus[]`. */
export interface MeshPrometheus extends PrometheusSource {
  /** Id or name of the mesh; undefined: every mesh. */
  mesh?: string;
}

/** @throws InputError naming the key of an address that is none */
export function readPrometheus(config: Config): MeshPrometheus[] {
  const key = 'meshDr.metrics.prometheus';
  return (config.getOptionalConfigArray(key) ?? []).map((entry, index) => {
    const url = entry.getString('url');
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new InputError(
        `${key}[${index}].url is '${url}', but has to be an http or https address, e.g. https://prometheus.example.com`,
      );
    }
    return {
      url,
      mesh: entry.getOptionalString('mesh'),
      authorization: entry.getOptionalString('authorization'),
    };
  });
}

/** The first that fits the mesh. */
export function sourceOf(
  sources: MeshPrometheus[],
  mesh: { id: string; name: string },
): PrometheusSource | undefined {
  return sources.find(
    source =>
      source.mesh === undefined ||
      source.mesh === mesh.id ||
      source.mesh === mesh.name,
  );
}

/** Finds where the metrics of a mesh are; undefined: nobody has said. */
export function prometheusOf(
  fleet: Pick<Fleet, 'require'>,
  sources: MeshPrometheus[],
): (meshId: string) => Promise<PrometheusSource | undefined> {
  return async meshId => {
    const { mesh } = await fleet.require(meshId);
    return sourceOf(sources, { id: mesh.serviceMeshId, name: mesh.name });
  };
}
