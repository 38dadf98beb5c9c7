import type { ProbeAnswer } from './probe';

/** What an answer says about the hop to the service. */
export type Hop =
  | { kind: 'failed' }
  /** The answering pod's name. */
  | { kind: 'pod'; pod: string }
  /** A response header named the region. */
  | { kind: 'region'; region: string }
  | { kind: 'unknown' };

/** Pages answer 200 although their call failed; these are the words of Bookinfo's productpage. */
const FAILURE_WORDS =
  /error fetching product (reviews|details)|(reviews|details) are currently unavailable/i;

/**
 * Reads the hop out of an answer: the configured header, else `podname` in JSON, else a known pod name in the text. The
 * page's own status counts only against it: a page that answers 200 without its reviews is a failed hop.
 */
export function readAnswer(
  answer: ProbeAnswer,
  options: { regionHeader?: string; knownPods: Iterable<string> },
): Hop {
  if (answer.status >= 400 || answer.status === 0) return { kind: 'failed' };
  const header =
    options.regionHeader && answer.headers[options.regionHeader.toLowerCase()];
  if (header) {
    return {
      kind: 'region',
      region: Array.isArray(header) ? header[0] : header,
    };
  }
  const json = parse(answer.body);
  if (json !== undefined) {
    const pod = findKey(json, 'podname');
    if (typeof pod === 'string' && pod) return { kind: 'pod', pod };
    return findKey(json, 'error') === undefined
      ? { kind: 'unknown' }
      : { kind: 'failed' };
  }
  if (FAILURE_WORDS.test(answer.body)) return { kind: 'failed' };
  for (const pod of options.knownPods) {
    if (answer.body.includes(pod)) return { kind: 'pod', pod };
  }
  return { kind: 'unknown' };
}

function parse(text: string): unknown {
  const start = text.trimStart()[0];
  if (start !== '{' && start !== '[') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function findKey(node: unknown, key: string): unknown {
  if (typeof node !== 'object' || node === null) return undefined;
  if (!Array.isArray(node) && key in node) {
    return (node as Record<string, unknown>)[key];
  }
  for (const child of Object.values(node)) {
    const found = findKey(child, key);
    if (found !== undefined) return found;
  }
  return undefined;
}
