import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { configMap } from '../__testUtils__/api';
import { MAPS, MERGE, setUpApiServers } from '../__testUtils__/apiServers';
import { CONFIG_MAPS } from '../kinds';
import type { ApiRequest } from './request';
import { listText, sendList, type Listed } from './sendList';

async function pieces(list: Listed): Promise<string[]> {
  const found: string[] = [];
  for await (const piece of listText(list)) found.push(piece);
  return found;
}

const head = fc.record({
  kind: fc.string(),
  metadata: fc.dictionary(fc.string(), fc.string()),
});
const objects = fc.array(fc.object({ maxDepth: 2 }), { maxLength: 8 });

describe('the text of a list', () => {
  it('is its JSON, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        head,
        objects,
        fc.constantFrom('items', 'rows'),
        async (first, all, member) => {
          const list = { ...first, [member]: all } as unknown as Listed;
          expect((await pieces(list)).join('')).toBe(
            `${JSON.stringify(list)}\n`,
          );
        },
      ),
    );
  });

  it('lets others have their turn between two pieces', async () => {
    const items = Array.from({ length: 50 }, (_, n) => ({
      name: `object-${n}`,
      data: 'x'.repeat(64 * 1024),
    }));
    let turns = 0;
    let going = true;
    const count = () => {
      turns += 1;
      if (going) setImmediate(count);
    };
    setImmediate(count);
    const found = await pieces({ items });
    going = false;
    expect(JSON.parse(found.join(''))).toEqual({ items });
    expect(found.length).toBeGreaterThan(10);
    expect(turns).toBeGreaterThanOrEqual(found.length - 1);
    expect(Math.max(...found.map(piece => piece.length))).toBeLessThan(
      256 * 1024,
    );
  });
});

describe('a long list', () => {
  const servers = setUpApiServers();
  const LABEL = 'app=long';

  beforeAll(() => {
    for (let n = 0; n < 300; n++) {
      const map = configMap(`long-${1000 + n}`, { text: 'ä'.repeat(2048) });
      servers.ack.storage.create(CONFIG_MAPS, {
        ...map,
        metadata: { ...map.metadata, labels: { app: 'long' } },
      });
    }
  });

  const get = (query: string, accept?: string) =>
    servers.api(`${MAPS}?labelSelector=${LABEL}${query}`, { accept });

  it('comes in chunks, complete and in order; a short one with its length', async () => {
    const long = await get('');
    expect(long.headers).not.toHaveProperty('content-length');
    expect(long.body.kind).toBe('ConfigMapList');
    expect(long.body.items.map((item: any) => item.metadata.name)).toEqual(
      Array.from({ length: 300 }, (_, n) => `long-${1000 + n}`),
    );
    const short = await get('&limit=20');
    expect(short.headers['content-length']).toBe(
      String(Buffer.byteLength(short.text)),
    );
    expect(short.body.items).toEqual(long.body.items.slice(0, 20));
  });

  it('shows one version, though objects change while it is sent', async () => {
    const map = `${MAPS}/long-1299`;
    const [{ body }] = await Promise.all([
      get(''),
      servers.api(map, {
        method: 'PATCH',
        type: MERGE,
        body: { data: { text: 'changed' } },
      }),
    ]);
    const last = body.items[299].metadata.resourceVersion;
    expect(body.items).toHaveLength(300);
    expect(Number(last)).toBeLessThanOrEqual(
      Number(body.metadata.resourceVersion),
    );
  });

  it('is a table to those who print it', async () => {
    const { body } = await get(
      '',
      'application/json;as=Table;v=v1;g=meta.k8s.io',
    );
    expect(body.kind).toBe('Table');
    expect(body.rows).toHaveLength(300);
    expect(body.columnDefinitions[0].name).toBe('Name');
  });

  it('ends when the client leaves in the middle', async () => {
    const response = Object.assign(new PassThrough(), { writeHead: jest.fn() });
    response.once('data', () => response.destroy());
    const items = Array.from({ length: 1000 }, () => ({
      text: 'x'.repeat(4096),
    }));
    await sendList(
      {
        media: 'application/json',
        warnings: [],
        http: { response },
      } as unknown as ApiRequest,
      { items },
    );
    expect(response.writeHead).toHaveBeenCalledTimes(1);
    expect(response.writableFinished).toBe(false);
  });
});
