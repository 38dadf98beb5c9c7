import type { ShiftTarget } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { queryPrometheus, type PrometheusSource } from '../metrics/Prometheus';

/** How far back calls are counted: four scrapes at Prometheus' usual 15 s. */
const WINDOW = '1m';
/** Calls within the window below which a percentage says nothing. */
const FEWEST_CALLS = 10;

/**
 * How many calls of a service succeed, from Istio's `istio_requests_total` as the callers' proxies report it: those of the
 * pods never see the calls that did not reach them.
 */
export class SuccessRates {
  constructor(
    private readonly deps: {
      /** Where the metrics of a mesh are; undefined: nobody has said. */
      sourceOf(meshId: string): Promise<PrometheusSource | undefined>;
      /** Ids of the clusters that a service has in a region: Istio writes them into `destination_cluster`. */
      clustersOf(service: ShiftTarget, region: string): Promise<string[]>;
    },
  ) {}

  /** Whether anything is known of a mesh; a shift that asks for a success rate is refused otherwise. */
  async isKnown(meshId: string): Promise<boolean> {
    return (await this.deps.sourceOf(meshId)) !== undefined;
  }

  /**
   * @returns percent of the calls to a service's pods in a region that ended without a 5xx in the last minute, to a tenth;
   * undefined while there were too few
   * @throws ForwardedError when Prometheus cannot be asked
   */
  async successPercent(
    service: ShiftTarget,
    region: string,
  ): Promise<number | undefined> {
    const source = await this.deps.sourceOf(service.meshId);
    const clusters = await this.deps.clustersOf(service, region);
    if (!source || clusters.length === 0) return undefined;
    const { name, namespace } = service;
    const selector = [
      'reporter="source"',
      `destination_service_name=${JSON.stringify(name)}`,
      `destination_service_namespace=${JSON.stringify(namespace)}`,
      `destination_cluster=~${JSON.stringify(clusters.join('|'))}`,
    ].join(',');
    const counts = await queryPrometheus(
      source,
      `sum by (response_code) (increase(istio_requests_total{${selector}}[${WINDOW}]))`,
    );
    let all = 0;
    let failed = 0;
    for (const { labels, value } of counts) {
      if (!(value > 0 && Number.isFinite(value))) continue;
      all += value;
      if (/^5/.test(labels.response_code ?? '')) failed += value;
    }
    return all < FEWEST_CALLS
      ? undefined
      : Math.round((1000 * (all - failed)) / all) / 10;
  }
}
