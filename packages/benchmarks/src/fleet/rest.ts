import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Long enough for a backend to be done with what it sent. */
const REST_MS = 50;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/**
 * To be awaited before a reading: the garbage that the reading before left behind, here and in the other backend, is no
 * part of its time. Pages of the peer are tens of megabytes; collecting one took up to 15 ms out of the next reading of ours.
 */
export async function rest(): Promise<void> {
  collectGarbage();
  await new Promise(resolve => setTimeout(resolve, REST_MS));
}
