/** Changes to the headers of a message, in the order in which they are made. */
export interface HeaderChange {
  set?: Record<string, string>;
  add?: Record<string, string>;
  remove?: string[];
}

/** Istio's `headers` of a route and of one of its destinations. */
export interface HeaderChanges {
  request: HeaderChange[];
  response: HeaderChange[];
}

/** Collects the changes of a destination and of its route; Envoy applies the more specific first. */
export function headerChanges(...levels: any[]): HeaderChanges | undefined {
  const changes: HeaderChanges = {
    request: levels.flatMap(l => l?.headers?.request ?? []),
    response: levels.flatMap(l => l?.headers?.response ?? []),
  };
  return changes.request.length + changes.response.length > 0
    ? changes
    : undefined;
}

/** Headers after the changes; names are lower case. */
export function changedHeaders(
  headers: Record<string, string>,
  changes: HeaderChange[] | undefined,
): Record<string, string> {
  if (!changes?.length) {
    return headers;
  }
  const result = { ...headers };
  for (const { set, add, remove } of changes) {
    for (const name of remove ?? []) {
      delete result[name.toLowerCase()];
    }
    for (const [name, value] of Object.entries(set ?? {})) {
      result[hostName(name)] = value;
    }
    for (const [name, value] of Object.entries(add ?? {})) {
      const key = hostName(name);
      result[key] =
        result[key] === undefined ? value : `${result[key]},${value}`;
    }
  }
  return result;
}

/** `:authority` of HTTP/2 is the host header of HTTP/1.1. */
function hostName(name: string): string {
  const key = name.toLowerCase();
  return key === ':authority' ? 'host' : key;
}
