import { InputError } from '@backstage/errors';
import type { BreakGlassBundle } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  type KeyObject,
} from 'node:crypto';

/** Signs the digest of a bundle. */
export type SignBundle = (digest: string) => BreakGlassBundle['signature'];

/**
 * Makes the signer of a portal from its private key, Ed25519 as PEM. Throws InputError, without the key, when it is none.
 */
export function bundleSigner(pem: string): SignBundle {
  const key = readKey(pem);
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha256').update(der).digest('hex').slice(0, 16);
  return digest => ({
    algorithm: 'ed25519',
    keyId,
    value: sign(null, Buffer.from(digest), key).toString('base64'),
  });
}

function readKey(pem: string): KeyObject {
  const wanted =
    'meshDr.breakGlass.signingKey has to be an Ed25519 private key as PEM; make one with: openssl genpkey -algorithm ed25519';
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new InputError(`${wanted}. What is there cannot be read as a key`);
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new InputError(
      `${wanted}. What is there is ${key.asymmetricKeyType}`,
    );
  }
  return key;
}
