import { X509Certificate } from 'node:crypto';
import { newKey, signCertificate } from './certificates';

jest.mock('node:crypto', () => ({
  ...jest.requireActual('node:crypto'),
  // The worst that chance can deal: serial numbers full of zeros.
  randomBytes: (length: number) => Buffer.alloc(length),
}));

describe('certificates', () => {
  it('can be read whatever their random serial number is', async () => {
    const key = await newKey();
    const name = [{ name: 'commonName', value: 'test' }];
    const pem = signCertificate({
      publicKey: key.publicKey,
      subject: name,
      issuer: name,
      signingKey: key.privateKey,
      notBefore: Date.now() - 1000,
      notAfter: Date.now() + 60_000,
      extensions: [],
    });
    const { serialNumber, subject } = new X509Certificate(pem);
    expect(subject).toBe('CN=test');
    expect(serialNumber).toMatch(/^[1-7]/);
  });
});
