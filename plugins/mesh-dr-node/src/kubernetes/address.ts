import { isIP } from 'node:net';
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { NotAllowedError } from '@backstage/errors';
import ipaddr from 'ipaddr.js';

/** Says which addresses of API servers may be connected to. */
export interface AddressGuard {
  /** Throws NotAllowedError when the URL is not https or its literal address is refused. */
  checkUrl(url: URL): void;
  /** DNS look-up for a socket: the address that was checked is the address that is used. */
  lookup: (
    hostname: string,
    options: LookupOptions,
    callback: (
      error: NodeJS.ErrnoException | null,
      address: string | LookupAddress[],
      family?: number,
    ) => void,
  ) => void;
}

/** Alibaba Cloud's metadata service lies in the shared address space, the others' in the link-local range. */
const METADATA = [
  '100.100.100.200/32',
  '169.254.169.254/32',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
];

/** Blocks of IPv6 whose addresses a gateway translates into the IPv4 address that begins at this byte. */
const TRANSLATED: [range: string, firstByte: number][] = [
  ['64:ff9b::/96', 12],
  ['64:ff9b:1::/96', 12],
  ['2002::/16', 2],
];

/**
 * API server addresses come from the cloud's answers, not from users; still, an answer must not be able to point the
 * portal, which will send it credentials and relay its replies, at itself or at a metadata service.
 *
 * Refused: plain http; metadata services, always; loopback, link-local, unspecified and multicast addresses, unless
 * `allowed` names the host, the address or a CIDR around it.
 */
export function createAddressGuard(allowed: readonly string[]): AddressGuard {
  const ranges = allowed.flatMap(entry => {
    if (ipaddr.isValidCIDR(entry)) return [entry];
    if (ipaddr.isValid(entry)) {
      return [`${entry}/${ipaddr.parse(entry).kind() === 'ipv6' ? 128 : 32}`];
    }
    return [];
  });
  const hosts = new Set(allowed.map(entry => entry.toLowerCase()));

  const reasonAgainstOne = (
    address: string,
    host: string,
  ): string | undefined => {
    if (METADATA.some(range => within(address, range))) {
      return 'it is a metadata service';
    }
    if (hosts.has(host) || ranges.some(range => within(address, range))) {
      return undefined;
    }
    const kind = ipaddr.process(address).range();
    return [
      'loopback',
      'linkLocal',
      'unspecified',
      'multicast',
      'broadcast',
    ].includes(kind)
      ? `it is a ${kind} address`
      : undefined;
  };

  const reasonAgainst = (address: string, host: string): string | undefined => {
    const inner = translated(address);
    return (
      reasonAgainstOne(address, host) ??
      (inner && reasonAgainstOne(inner, host))
    );
  };

  const refuse = (host: string, reason: string) =>
    new NotAllowedError(
      `The API server ${host} is refused because ${reason}; if it is meant, list it in meshDr.kubernetes.allowedApiServers`,
    );

  return {
    checkUrl(url) {
      const host = hostOf(url);
      if (url.protocol !== 'https:') {
        throw refuse(host, 'its address is not https');
      }
      if (isIP(host)) {
        const reason = reasonAgainst(host, host);
        if (reason) throw refuse(host, reason);
      }
    },
    lookup(hostname, options, callback) {
      lookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) {
          callback(error, []);
          return;
        }
        for (const { address } of addresses) {
          const reason = reasonAgainst(address, hostname.toLowerCase());
          if (reason) {
            callback(refuse(hostname, reason), []);
            return;
          }
        }
        if (options.all) callback(null, addresses);
        else callback(null, addresses[0].address, addresses[0].family);
      });
    },
  };
}

/** Host of a URL without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

function translated(address: string): string | undefined {
  const found = TRANSLATED.find(([range]) => within(address, range));
  if (!found) return undefined;
  const bytes = ipaddr.parse(address).toByteArray();
  return bytes.slice(found[1], found[1] + 4).join('.');
}

function within(address: string, range: string): boolean {
  const parsed = ipaddr.process(address);
  const [base, bits] = ipaddr.parseCIDR(range);
  return parsed.kind() === base.kind() && parsed.match(base, bits);
}
