import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { MEDIA, sendObject, startAnswer, type ApiRequest } from './request';

/** Characters of a list that are made and sent at a time: some milliseconds of work. */
const PIECE = 128 * 1024;

/** A list of fewer objects is sent at once. */
const LONG = 100;

/** A list or a table; what it is about is its last member. */
export type Listed = {
  kind?: string;
  apiVersion?: string;
  metadata?: object;
  columnDefinitions?: object[];
} & ({ items: readonly object[] } | { rows: readonly object[] });

/** The JSON of a list in pieces; whatever else there is to do gets its turn between two of them. */
export async function* listText(list: Listed): AsyncGenerator<string> {
  const [member, objects] =
    'items' in list ? ['items', list.items] : ['rows', list.rows];
  // The list without what it is about, up to where that begins.
  let text = JSON.stringify({ ...list, [member]: [] }).slice(0, -2);
  let separator = '';
  for (const object of objects) {
    text += separator + JSON.stringify(object);
    separator = ',';
    if (text.length < PIECE) continue;
    yield text;
    await turn();
    text = '';
  }
  yield `${text}]}\n`;
}

/** Sends a list; a long one in pieces, as thousands of objects would keep everybody else waiting. */
export async function sendList(r: ApiRequest, list: Listed): Promise<void> {
  const { response } = r.http;
  const { length } = 'items' in list ? list.items : list.rows;
  if (length < LONG || r.media !== MEDIA[0]) {
    sendObject(r, 200, list);
    return;
  }
  if (!startAnswer(response, 200, { type: MEDIA[0], warnings: r.warnings })) {
    return;
  }
  try {
    await pipeline(listText(list), response);
  } catch {
    // The client left; nobody reads the rest.
    response.destroy();
  }
}
