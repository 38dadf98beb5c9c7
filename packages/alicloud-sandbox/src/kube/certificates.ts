import { createSign, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

const generate = promisify(generateKeyPair);

/** PEM texts. */
export interface KeyMaterial {
  privateKey: string;
  publicKey: string;
}

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

const YEARS = 365 * 24 * 3600_000;

function newKey(): Promise<KeyMaterial> {
  return generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    // node-forge reads PKCS#1.
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

let made: Promise<FleetKeys> | undefined;

/**
 * New keys; made once per process, since every fleet of a local simulator may share them. They are made on other
 * threads: an RSA key takes up to some hundred milliseconds, in which the sandbox must go on answering.
 */
export function createFleetKeys(): Promise<FleetKeys> {
  made ??= Promise.all([newKey(), newKey(), newKey()]).then(
    ([ca, server, client]) => ({ ca, server, client }),
  );
  return made;
}

interface CertificateRequest {
  publicKey: string;
  subject: forge.pki.CertificateField[];
  issuer: forge.pki.CertificateField[];
  signingKey: string;
  notBefore: number;
  notAfter: number;
  extensions: object[];
}

function sign(request: CertificateRequest): string {
  const cert = forge.pki.createCertificate();
  cert.publicKey = forge.pki.publicKeyFromPem(request.publicKey);
  // A leading zero keeps the serial number positive.
  cert.serialNumber = `00${randomBytes(15).toString('hex')}`;
  cert.validity.notBefore = new Date(request.notBefore);
  cert.validity.notAfter = new Date(request.notAfter);
  cert.setSubject(request.subject);
  cert.setIssuer(request.issuer);
  cert.setExtensions(request.extensions);
  // Node signs hundreds of times faster than node-forge does in JavaScript.
  const signer = {
    sign: () =>
      createSign('RSA-SHA256')
        .update(forge.asn1.toDer(cert.tbsCertificate).getBytes(), 'binary')
        .sign(request.signingKey, 'binary'),
  };
  cert.sign(
    signer as unknown as forge.pki.rsa.PrivateKey,
    forge.md.sha256.create(),
  );
  // Kubeconfigs have Unix line ends.
  return forge.pki.certificateToPem(cert).replaceAll('\r\n', '\n');
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
  const notAfter = now + 20 * YEARS;
  const common = {
    issuer: authority(clusterId),
    signingKey: keys.ca.privateKey,
    notBefore,
    notAfter,
  };
  const caCert = sign({
    ...common,
    publicKey: keys.ca.publicKey,
    subject: authority(clusterId),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const serverCert = sign({
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

/** Makes a client certificate that this cluster's API server accepts until `notAfter` (milliseconds). */
export function createClientCertificate(
  keys: FleetKeys,
  clusterId: string,
  options: { user: string; now: number; notAfter: number },
): string {
  return sign({
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
