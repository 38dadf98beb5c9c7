import { randomBytes } from 'node:crypto';
import {
  YEAR_MS,
  newKey,
  signCertificate,
  type KeyMaterial,
} from '../certificates';

/** A cluster's own authority and the API server's certificate. */
export interface ClusterCertificates {
  caCert: string;
  serverCert: string;
}

/** The keys of a fleet: made once, because RSA keys are slow to make; each cluster has its own CA certificate. */
export interface FleetKeys {
  ca: KeyMaterial;
  server: KeyMaterial;
  client: KeyMaterial;
}

let made: Promise<FleetKeys> | undefined;

/** New keys; made once per process, since every fleet of a local simulator may share them. */
export function createFleetKeys(): Promise<FleetKeys> {
  made ??= Promise.all([newKey(), newKey(), newKey()]).then(
    ([ca, server, client]) => ({ ca, server, client }),
  );
  return made;
}

const authority = (clusterId: string) => [
  { name: 'organizationName', value: 'kubernetes' },
  { name: 'commonName', value: `kubernetes-${clusterId}` },
];

/** Makes a cluster's CA certificate and the server certificate for loopback addresses. */
export function createClusterCertificates(
  keys: FleetKeys,
  clusterId: string,
  now: number,
): ClusterCertificates {
  const notBefore = now - 3600_000;
  const notAfter = now + 20 * YEAR_MS;
  const common = {
    issuer: authority(clusterId),
    signingKey: keys.ca.privateKey,
    notBefore,
    notAfter,
  };
  const caCert = signCertificate({
    ...common,
    publicKey: keys.ca.publicKey,
    subject: authority(clusterId),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const serverCert = signCertificate({
    ...common,
    publicKey: keys.server.publicKey,
    subject: [{ name: 'commonName', value: 'kube-apiserver' }],
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
          { type: 2, value: 'localhost' },
          { type: 2, value: 'kubernetes' },
          { type: 2, value: 'kubernetes.default.svc' },
        ],
      },
    ],
  });
  return { caCert, serverCert };
}

/**
 * Client certificates are revoked by generation, and age when simulated time is stepped although the dates they show are
 * wall-clock time, as clients expect: the serial number begins with a mark, the generation and the milliseconds that had
 * been stepped over at issue, so that the API server needs no list of what it handed out.
 */
const SERIAL_MARK = '01';
const GENERATION_DIGITS = 8;
const STEPPED_DIGITS = 12;
const SERIAL = new RegExp(
  `^${SERIAL_MARK}([0-9a-f]{${GENERATION_DIGITS}})([0-9a-f]{${STEPPED_DIGITS}})[0-9a-f]{12}$`,
  'i',
);

function clientSerial(generation: number, steppedMs: number): string {
  const digits = generation.toString(16).padStart(GENERATION_DIGITS, '0');
  const stepped = Math.round(steppedMs)
    .toString(16)
    .padStart(STEPPED_DIGITS, '0');
  return `${SERIAL_MARK}${digits}${stepped}${randomBytes(6).toString('hex')}`;
}

/** The generation in which a client certificate was made; 0 for certificates of earlier versions. */
export function generationOf(serialNumber: string): number {
  const [, generation] = SERIAL.exec(serialNumber) ?? [];
  return generation === undefined ? 0 : parseInt(generation, 16);
}

/**
 * Until when a client certificate is accepted, in wall-clock milliseconds, given what was stepped over by now.
 * `serialNumber` and `validTo` are as Node's `getPeerCertificate` tells them.
 */
export function acceptedUntil(
  serialNumber: string,
  validTo: string,
  steppedMs: number,
): number {
  const [, , digits] = SERIAL.exec(serialNumber) ?? [];
  const before = digits === undefined ? steppedMs : parseInt(digits, 16);
  return Date.parse(validTo) - Math.max(0, steppedMs - before);
}

/** Makes a client certificate that this cluster's API server accepts until `notAfter` (milliseconds). */
export function createClientCertificate(
  keys: FleetKeys,
  clusterId: string,
  options: {
    user: string;
    now: number;
    notAfter: number;
    generation: number;
    /** The clock's `stepped()` at issue. */
    steppedMs: number;
  },
): string {
  return signCertificate({
    serialNumber: clientSerial(options.generation, options.steppedMs),
    publicKey: keys.client.publicKey,
    subject: [
      { name: 'organizationName', value: 'system:users' },
      { name: 'commonName', value: options.user },
    ],
    issuer: authority(clusterId),
    signingKey: keys.ca.privateKey,
    notBefore: options.now - 300_000,
    notAfter: options.notAfter,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
}
