import { TestDatabases } from '@backstage/backend-test-utils';
import type { Readable } from 'node:stream';
import type request from 'supertest';
import {
  DISTRIBUTION,
  startChanges as start,
  storedChange,
} from '../__testUtils__/changes';
import { MESH_ID } from '../__testUtils__/FakeCloud';
import { DatabaseChangeStore } from '../database/DatabaseChangeStore';
import { migrationsDirectory } from '../database/migrate';

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

/** Superagent would try to read the lines as one JSON text. */
function asText(
  answer: request.Response,
  done: (error: Error | null, body: string) => void,
): void {
  const stream = answer as unknown as Readable;
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', part => {
    text += part;
  });
  stream.on('end', () => done(null, text));
}

/** Fields of RFC 4180 text. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g,
  )) {
    rows[rows.length - 1].push(quoted?.replace(/""/g, '"') ?? plain);
    if (end === '\r\n') rows.push([]);
    if (end === '') break;
  }
  return rows.filter(row => row.length > 1);
}

describe('the audit export', () => {
  it('has every change with what was decided about it, as lines of JSON and as a table', async () => {
    const { change, post, get, auditor, stop } = await start();
    await change({ reason: '=HYPERLINK("x"), "quoted"\nand long' }).expect(201);
    const second = await change({ intent: DISTRIBUTION }).expect(201);
    await post(`/v1/changes/${second.body.id}/rollback`)
      .send({ reason: 'undo' })
      .expect(201);

    const json = await get(`/v1/audit?mesh=${MESH_ID}`)
      .buffer(true)
      .parse(asText)
      .expect(200);
    expect(json.type).toBe('application/x-ndjson');
    const lines = json.body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line));
    const { body: history } = await get('/v1/changes').expect(200);
    expect(lines).toEqual(history.items);
    expect(lines).toHaveLength(3);

    const csv = await get('/v1/audit?format=csv').expect(200);
    expect(csv.headers['content-disposition']).toContain('changes.csv');
    const [head, ...rows] = parseCsv(csv.text);
    const records = rows.map(row =>
      Object.fromEntries(row.map((value, index) => [head[index], value])),
    );
    expect(records).toHaveLength(3);
    expect(records[2]).toMatchObject({
      id: lines[2].id,
      requestedBy: 'user:default/owner',
      // A spreadsheet must not run it.
      reason: `'=HYPERLINK("x"), "quoted"\nand long`,
      service: 'default/reviews',
      status: 'applied',
      hash: lines[2].hash,
      after: lines[2].after,
    });
    expect(records[0]).toMatchObject({ rollbackOf: second.body.id });
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({ eventId: 'audit-export' }),
    );
    await stop();
  });

  it('goes over pages', async () => {
    const knex = await databases.init('SQLITE_3');
    await knex.migrate.latest({ directory: migrationsDirectory() });
    const store = new DatabaseChangeStore(knex);
    for (let index = 0; index < 401; index++) {
      await store.insert(storedChange({ id: `c${index}` }));
    }
    const { get, stop } = await start({ knex });
    const { body: text } = await get('/v1/audit')
      .buffer(true)
      .parse(asText)
      .expect(200);
    const ids = text
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line).id);
    expect(new Set(ids).size).toBe(401);
    expect(ids).toHaveLength(401);
    await stop();
  });

  it('is bounded by time', async () => {
    const { change, get, stop } = await start();
    for (let index = 0; index < 3; index++) {
      await change({ intent: { mode: 'off' } }).expect(201);
    }
    const { body } = await get('/v1/changes').expect(200);
    const [, middle] = body.items.map((item: any) => item.requestedAt);
    const ids = async (query: string) =>
      (
        await get(`/v1/audit?${query}`).buffer(true).parse(asText).expect(200)
      ).body
        .split('\n')
        .filter(Boolean)
        .map((line: string) => JSON.parse(line).requestedAt);
    for (const at of await ids(`since=${middle}`)) {
      expect(at >= middle).toBe(true);
    }
    for (const at of await ids(`until=${middle}`)) {
      expect(at < middle).toBe(true);
    }
    expect(await ids('since=2126-01-01T00:00:00Z')).toEqual([]);
    const wrong = await get('/v1/audit?format=xml').expect(400);
    expect(wrong.body.error.message).toContain('ndjson or csv');
    await get('/v1/audit?since=yesterday').expect(400);
    await get('/v1/audit?mesh=none').expect(404);
    await stop();
  });
});
