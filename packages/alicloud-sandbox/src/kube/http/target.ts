/** What a path names. */
export interface Target {
  group: string;
  version: string;
  resource: string;
  namespace?: string;
  name?: string;
  subresource?: string;
}

/** Splits `/apis/G/V/namespaces/N/R/NAME/SUB`; undefined for a path without a resource. */
export function parsePath(path: string): Target | undefined {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return undefined;
  const [group, version, ...rest] = core
    ? ['', ...parts.slice(1)]
    : parts.slice(1);
  if (!version || rest.length === 0) return undefined;
  const subresourceOfNamespace =
    rest.length === 3 && ['status', 'finalize'].includes(rest[2]);
  if (rest[0] === 'namespaces' && rest.length >= 3 && !subresourceOfNamespace) {
    const [, namespace, resource, name, subresource] = rest;
    return { group, version, resource, namespace, name, subresource };
  }
  const [resource, name, subresource] = rest;
  return { group, version, resource, name, subresource };
}
