import type { ServiceSummary } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { LEVELS, type Level } from './services';

/** What a reader looks for among the services of a mesh. */
export interface ServiceFilters {
  /** Part of `name.namespace`, in any case; empty: everything. */
  search: string;
  /** Verdicts; empty: all. */
  levels: Level[];
  /** Kubernetes namespace; empty: all. */
  namespace: string;
}

/** Names of the query parameters of the mesh page. */
const SEARCH = 'service';
const LEVEL = 'verdict';
const NAMESPACE = 'namespace';

/** Reads the filters of an address; what is no verdict there is passed over. */
export function parseFilters(parameters: URLSearchParams): ServiceFilters {
  const levels = (parameters.get(LEVEL) ?? '').split(',');
  return {
    search: parameters.get(SEARCH) ?? '',
    levels: LEVELS.filter(level => levels.includes(level)),
    namespace: parameters.get(NAMESPACE) ?? '',
  };
}

/** Writes filters into an address; other parameters stay, a filter that is off leaves. */
export function formatFilters(
  filters: Partial<ServiceFilters>,
  into = new URLSearchParams(),
): URLSearchParams {
  const parameters = new URLSearchParams(into);
  const values = {
    [SEARCH]: filters.search,
    [LEVEL]: filters.levels?.join(','),
    [NAMESPACE]: filters.namespace,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value) parameters.set(name, value);
    else parameters.delete(name);
  }
  return parameters;
}

/** The services that pass all filters, in their order. */
export function filterServices(
  services: readonly ServiceSummary[],
  { search, levels, namespace }: ServiceFilters,
): ServiceSummary[] {
  const wanted = search.trim().toLowerCase();
  return services.filter(
    service =>
      (!namespace || service.namespace === namespace) &&
      (levels.length === 0 || levels.includes(service.protection)) &&
      `${service.name}.${service.namespace}`.toLowerCase().includes(wanted),
  );
}
