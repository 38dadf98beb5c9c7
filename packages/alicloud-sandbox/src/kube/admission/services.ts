import ipaddr from 'ipaddr.js';
import type { KubeObject } from '../../contract';
import type { Json } from '../json';
import { invalid } from '../status';

const NODE_PORTS = { first: 30000, last: 32767 };

/** `count`th address of an IPv4 network, as text. */
export function addressAt(cidr: string, offset: number): string {
  const [network] = ipaddr.IPv4.parseCIDR(cidr);
  const [a, b, c, d] = network.toByteArray();
  const value = ((a << 24) >>> 0) + (b << 16) + (c << 8) + d + offset;
  return [24, 16, 8, 0].map(bits => (value >>> bits) & 255).join('.');
}

/** How many addresses an IPv4 network has. */
export function networkSize(cidr: string): number {
  return 2 ** (32 - ipaddr.IPv4.parseCIDR(cidr)[1]);
}

function firstFree(from: number, to: number, used: (n: number) => boolean) {
  for (let n = from; n <= to; n += 1) if (!used(n)) return n;
  return undefined;
}

/**
 * Gives a service its cluster IP and node ports. Throws 422 when the wanted address is outside the Service CIDR or
 * taken, and when a range is exhausted.
 */
export function allocateService(
  service: KubeObject,
  previous: KubeObject | undefined,
  others: KubeObject[],
  serviceCidr: string,
): void {
  const { spec } = service;
  if (spec.type === 'ExternalName') return;
  const refuse = (field: string, message: string) =>
    invalid('Service', '', service.metadata.name, [
      {
        reason: 'FieldValueInvalid',
        field,
        message: `Invalid value: ${message}`,
      },
    ]);
  if (previous?.spec.clusterIP && previous.spec.type !== 'ExternalName') {
    spec.clusterIP ??= previous.spec.clusterIP;
    if (spec.clusterIP !== previous.spec.clusterIP) {
      throw refuse(
        'spec.clusterIP',
        `${JSON.stringify(spec.clusterIP)}: field is immutable`,
      );
    }
  }
  const ips = new Set(others.map(o => o.spec.clusterIP));
  if (!spec.clusterIP) {
    const free = firstFree(2, networkSize(serviceCidr) - 2, n =>
      ips.has(addressAt(serviceCidr, n)),
    );
    if (free === undefined)
      throw refuse(
        'spec.clusterIPs',
        '[]: failed to allocate IP: range is full',
      );
    spec.clusterIP = addressAt(serviceCidr, free);
  } else if (spec.clusterIP !== 'None' && !previous) {
    const inside =
      ipaddr.IPv4.isValid(spec.clusterIP) &&
      ipaddr.IPv4.parse(spec.clusterIP).match(
        ipaddr.IPv4.parseCIDR(serviceCidr),
      );
    if (!inside || ips.has(spec.clusterIP)) {
      throw refuse(
        'spec.clusterIPs',
        `["${spec.clusterIP}"]: failed to allocate IP ${spec.clusterIP}: ${
          inside
            ? 'provided IP is already allocated'
            : `the provided IP (${spec.clusterIP}) is not in the valid range. The range of valid IPs is ${serviceCidr}`
        }`,
      );
    }
  }
  spec.clusterIPs = [spec.clusterIP];
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') {
    // A service that is no longer exposed gives its node ports back.
    if (previous && previous.spec.type !== spec.type) {
      for (const port of spec.ports ?? []) delete port.nodePort;
    }
    return;
  }
  const taken = new Set<number>(
    others.flatMap(o => (o.spec.ports ?? []).map((p: Json) => p.nodePort)),
  );
  for (const port of spec.ports ?? []) {
    const before = previous?.spec.ports?.find(
      (p: Json) => p.port === port.port && p.protocol === port.protocol,
    );
    port.nodePort ??= before?.nodePort;
    port.nodePort ??= firstFree(NODE_PORTS.first, NODE_PORTS.last, n =>
      taken.has(n),
    );
    taken.add(port.nodePort);
  }
}
