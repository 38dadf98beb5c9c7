import { createSign, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

const generate = promisify(generateKeyPair);

/** Milliseconds of a year, in which validities are counted. */
export const YEAR_MS = 365 * 24 * 3600_000;

/** PEM texts. */
export interface KeyMaterial {
  privateKey: string;
  publicKey: string;
}

/** A new RSA key, made on another thread: it takes up to some hundred milliseconds, in which the sandbox must answer. */
export function newKey(): Promise<KeyMaterial> {
  return generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    // node-forge reads PKCS#1.
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

/** What to certify. Validity is in milliseconds since the epoch, `extensions` are node-forge's. */
export interface CertificateRequest {
  /** Hexadecimal, whole bytes, the first from 01 to 7f; default: random. */
  serialNumber?: string;
  publicKey: string;
  subject: forge.pki.CertificateField[];
  issuer: forge.pki.CertificateField[];
  signingKey: string;
  notBefore: number;
  notAfter: number;
  extensions: object[];
}

/** Makes a certificate. @returns PEM */
export function signCertificate(request: CertificateRequest): string {
  const cert = forge.pki.createCertificate();
  cert.publicKey = forge.pki.publicKeyFromPem(request.publicKey);
  // A first byte from 01 to 7f: positive without padding, of which node-forge takes away one zero and no second one.
  cert.serialNumber =
    request.serialNumber ?? `40${randomBytes(15).toString('hex')}`;
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
  // Kubeconfigs and PEM files have Unix line ends.
  return forge.pki.certificateToPem(cert).replaceAll('\r\n', '\n');
}

/** The key's identifier in certificates (RFC 5280, 4.2.1.2), as bytes in a string. */
export function keyIdentifier(publicKey: string): string {
  return forge.pki
    .getPublicKeyFingerprint(forge.pki.publicKeyFromPem(publicKey), {
      type: 'RSAPublicKey',
    })
    .getBytes();
}
