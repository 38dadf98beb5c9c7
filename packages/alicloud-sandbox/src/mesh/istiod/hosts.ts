/** Host names as Istio resolves, hides and orders them. */

const DOMAIN = 'svc.cluster.local';

/** The name istiod knows a Service by. */
export function serviceHost(namespace: string, name: string): string {
  return `${name}.${namespace}.${DOMAIN}`;
}

/** `ResolveShortnameToFQDN`: only a name without a dot is completed, with the namespace of the object it stands in. */
export function resolveShortName(host: string, namespace: string): string {
  return host.includes('.') || host === '*'
    ? host
    : serviceHost(namespace, host);
}

/** What a pod's resolver makes of a name by its search domains; undefined when it is no cluster name. */
export function resolveByDns(
  host: string,
  namespace: string,
): { namespace: string; name: string } | undefined {
  const parts = host.toLowerCase().split('.');
  const [name, ns, svc, ...domain] = parts;
  if (parts.length === 1) {
    return { namespace, name };
  }
  if (parts.length === 2) {
    return { namespace: ns, name };
  }
  const rest = domain.join('.');
  return svc === 'svc' && (rest === '' || rest === 'cluster.local')
    ? { namespace: ns, name }
    : undefined;
}

/** How well `pattern` (exact, `*.suffix` or `*`) fits `host`: higher is more specific, undefined is no match. */
export function hostSpecificity(
  pattern: string,
  host: string,
): number | undefined {
  if (pattern === host) {
    return Number.MAX_SAFE_INTEGER;
  }
  if (pattern === '*') {
    return 0;
  }
  return pattern.startsWith('*') && host.endsWith(pattern.slice(1))
    ? pattern.length
    : undefined;
}

/** `exportTo`: absent means everywhere, `.` the object's own namespace, `~` nowhere. */
export function isVisible(
  exportTo: string[] | undefined,
  objectNamespace: string,
  viewer: string,
): boolean {
  if (!exportTo?.length) {
    return true;
  }
  return exportTo.some(
    scope =>
      scope === '*' ||
      scope === viewer ||
      (scope === '.' && objectNamespace === viewer),
  );
}

/** Oldest first, then by name: the order in which istiod merges objects for one host. */
export function byAge<
  T extends {
    metadata: { name: string; namespace?: string; creationTimestamp?: string };
  },
>(a: T, b: T): number {
  const key = (o: T) =>
    `${o.metadata.creationTimestamp ?? ''}|${o.metadata.name}.${
      o.metadata.namespace ?? ''
    }`;
  return key(a) < key(b) ? -1 : 1;
}

/** Milliseconds of a protobuf JSON or Go duration (`1m`, `1.5s`, `100ms`, `1h2m`). */
export function durationMs(text: unknown): number | undefined {
  if (typeof text !== 'string') {
    return undefined;
  }
  const units: Record<string, number> = {
    h: 3_600_000,
    m: 60_000,
    s: 1000,
    ms: 1,
    us: 0.001,
  };
  let total = 0;
  let seen = '';
  for (const [part, amount, unit] of text.matchAll(
    /(\d+(?:\.\d+)?)(ms|us|h|m|s)/g,
  )) {
    total += Number(amount) * units[unit];
    seen += part;
  }
  return seen !== '' && seen === text ? total : undefined;
}
