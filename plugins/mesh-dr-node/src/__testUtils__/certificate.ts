import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';

function tlv(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80
      ? Buffer.from([body.length])
      : Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
}

const seq = (...content: Buffer[]) => tlv(0x30, ...content);
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'));

/** A self-signed certificate for 127.0.0.1 and localhost, written as DER by hand so that no key lies in the tree. */
export function selfSigned(options: { validMs?: number } = {}): {
  cert: string;
  key: string;
} {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
  });
  const ecdsaSha256 = seq(oid('2a8648ce3d040302'));
  const name = seq(
    tlv(0x31, seq(oid('550403'), tlv(0x0c, Buffer.from('mesh-dr test')))),
  );
  const time = (ms: number) =>
    tlv(
      0x18,
      Buffer.from(
        new Date(ms).toISOString().replace(/[-:T]/g, '').replace(/\.\d+/, ''),
      ),
    );
  const now = Date.now();
  const toBeSigned = seq(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([1])),
    ecdsaSha256,
    name,
    seq(time(now - 60_000), time(now + (options.validMs ?? 3_600_000))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(
      0xa3,
      seq(
        seq(
          oid('551d13'),
          tlv(0x01, Buffer.from([0xff])),
          tlv(0x04, seq(tlv(0x01, Buffer.from([0xff])))),
        ),
        seq(
          oid('551d11'),
          tlv(
            0x04,
            seq(
              tlv(0x87, Buffer.from([127, 0, 0, 1])),
              tlv(0x82, Buffer.from('localhost')),
            ),
          ),
        ),
      ),
    ),
  );
  const der = seq(
    toBeSigned,
    ecdsaSha256,
    tlv(
      0x03,
      Buffer.concat([Buffer.from([0]), sign('sha256', toBeSigned, privateKey)]),
    ),
  );
  return {
    cert: new X509Certificate(der).toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
