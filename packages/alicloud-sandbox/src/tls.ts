import { writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Persistence } from './contract';
import type { Site } from './openapi/site';
import {
  YEAR_MS,
  keyIdentifier,
  newKey,
  signCertificate,
  type KeyMaterial,
} from './certificates';

/** Browsers and macOS refuse server certificates that are valid for longer than 398 days; a new one is made at each start. */
const SERVER_VALIDITY_MS = 397 * 24 * 3600_000;

/** What the OpenAPI endpoint shows to clients that speak TLS, and whom they have to trust. */
export interface EndpointTls {
  /** PEM of the sandbox's own certificate authority. */
  caPem: string;
  /** Where the same text was written, when state is kept. */
  caFile?: string;
  /** PEM. */
  cert: string;
  /** PEM. */
  key: string;
}

interface AuthorityDump {
  ca: KeyMaterial;
  server: KeyMaterial;
  caCert: string;
}

const AUTHORITY = [
  { name: 'organizationName', value: 'alicloud-sandbox' },
  { name: 'commonName', value: 'alicloud-sandbox local authority' },
];

/** Without it, Python 3.13 and newer refuse the chain. */
const authorityKey = (ca: KeyMaterial) => ({
  name: 'authorityKeyIdentifier',
  keyIdentifier: keyIdentifier(ca.publicKey),
});

async function createAuthority(now: number): Promise<AuthorityDump> {
  const [ca, server] = await Promise.all([newKey(), newKey()]);
  const caCert = signCertificate({
    publicKey: ca.publicKey,
    subject: AUTHORITY,
    issuer: AUTHORITY,
    signingKey: ca.privateKey,
    notBefore: now - 3600_000,
    notAfter: now + 20 * YEAR_MS,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      { name: 'subjectKeyIdentifier' },
      authorityKey(ca),
    ],
  });
  return { ca, server, caCert };
}

const addressesOfThisMachine = () =>
  Object.values(networkInterfaces()).flatMap(entries =>
    (entries ?? [])
      // Link-local addresses carry a zone, which no certificate can name.
      .filter(({ scopeid }) => !scopeid)
      .map(({ address }) => address),
  );

/** The names and addresses under which clients reach the endpoint. */
function namesOf(host: string): string[] {
  const names = ['127.0.0.1', '::1', 'localhost'];
  const all = host === '0.0.0.0' || host === '::';
  names.push(
    ...(all ? [hostname(), ...addressesOfThisMachine()] : [host]).filter(
      Boolean,
    ),
  );
  return [...new Set(names)];
}

/**
 * The authority behind the OpenAPI endpoint's certificate. Its keys are part of the state, so that a client that was
 * told to trust it once goes on trusting it after a restart; `ca.pem` is written to the state directory.
 *
 * @param host - address that the endpoint listens on; an unspecified one stands for all of this machine's addresses
 */
export async function createEndpointTls(options: {
  host: string;
  persistence: Persistence;
  directory?: string;
  now: number;
}): Promise<EndpointTls> {
  const { host, persistence, directory, now } = options;
  let authority: AuthorityDump | undefined;
  persistence.register({
    snapshotKey: 'tls',
    dump: () => authority,
    load: state => {
      authority = state as AuthorityDump;
    },
  });
  if (!authority) {
    authority = await createAuthority(now);
    persistence.changed();
  }
  const { ca, server, caCert } = authority;
  const caFile = directory && join(directory, 'ca.pem');
  if (caFile) writeFileSync(caFile, caCert);
  const cert = signCertificate({
    publicKey: server.publicKey,
    subject: [{ name: 'commonName', value: 'alicloud-sandbox' }],
    issuer: AUTHORITY,
    signingKey: ca.privateKey,
    notBefore: now - 3600_000,
    notAfter: now + SERVER_VALIDITY_MS,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectKeyIdentifier' },
      authorityKey(ca),
      {
        name: 'subjectAltName',
        altNames: namesOf(host).map(name =>
          isIP(name) ? { type: 7, ip: name } : { type: 2, value: name },
        ),
      },
    ],
  });
  return { caPem: caCert, caFile, cert, key: server.privateKey };
}

/** Offers the authority's certificate at `GET /_sandbox/ca.pem`. */
export const authoritySite = ({ caPem }: EndpointTls): Site => ({
  async answer({ method, path }) {
    if (path !== '/_sandbox/ca.pem' || !/^(GET|HEAD)$/.test(method)) {
      return undefined;
    }
    return {
      status: 200,
      headers: { 'content-type': 'application/x-pem-file' },
      body: caPem,
    };
  },
});
