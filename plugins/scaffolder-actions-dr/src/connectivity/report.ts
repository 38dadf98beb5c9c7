import type { Cause, Diagnosis } from './diagnose';
import type { Finding } from './findings';

/** How the ping from one cluster to another went. */
export interface PairResult {
  /** Names of the clusters. */
  from: string;
  to: string;
  ok: boolean;
  /** One line: the ping's last line, or why it failed and what to do. */
  detail: string;
  causes: Cause[];
}

const sentence = ({ hop, evidence, fix }: Finding) =>
  `${hop}: ${evidence} Fix: ${fix}`;

const hopsOf = (causes: Cause[], name: (cause: Cause) => string) => {
  const told = (direction: Cause['direction']) =>
    causes
      .filter(cause => cause.direction === direction)
      .map(name)
      .join(', ');
  return [told('there'), told('back') && `on the way back ${told('back')}`]
    .filter(Boolean)
    .join('; ');
};

/** Last line of what a ping printed: its statistics. */
export const lastLine = (log: string) => log.split('\n').at(-1) ?? '';

/** One line that says why a ping failed: every cause in path order, what could not be looked at, how the ping ended. */
export function explain(
  { causes, unread }: Diagnosis,
  ping: { exitCode?: number; log: string },
): string {
  const parts = causes.map(cause =>
    cause.direction === 'back'
      ? `on the way back ${sentence(cause)}`
      : sentence(cause),
  );
  if (unread) parts.push(`not every hop could be looked at: ${unread}`);
  if (!parts.length) {
    parts.push(
      'every hop that the cloud shows looks right; look at network ACLs and node firewalls',
    );
  }
  const told =
    parts.length > 1
      ? parts.map((part, i) => `(${i + 1}) ${part}`).join(' ')
      : parts[0];
  return `${told} [ping: exit code ${ping.exitCode ?? 'unknown'}, ${lastLine(
    ping.log,
  )}]`;
}

/** A result for the log while others are still awaited: the hops only, for the whole story comes at the end. */
export function brief({ from, to, ok, detail, causes }: PairResult): string {
  if (ok) return `${from} → ${to}: reachable, ${detail}`;
  const why = causes.length ? hopsOf(causes, ({ hop }) => hop) : detail;
  return `${from} → ${to}: unreachable: ${why}`;
}

/**
 * What a person reads who was told that Pods do not reach each other: which directions fail, and each cause once, in path
 * order, however many directions it stops. The lists are Markdown, as the page of a task renders it.
 */
export function summary(results: PairResult[]): string {
  const failed = results.filter(({ ok }) => !ok);
  const causes = new Map<string, Cause>();
  for (const cause of failed.flatMap(item => item.causes)) {
    if (!causes.has(cause.key)) causes.set(cause.key, cause);
  }
  const numbers = new Map([...causes.keys()].map((key, i) => [key, i + 1]));
  const why = (result: PairResult) =>
    hopsOf(result.causes, ({ hop, key }) => `${hop} (${numbers.get(key)})`) ||
    result.detail;
  return [
    `Pods do not reach each other: ${failed.length} of ${results.length} directions fail`,
    failed.map(item => `- ${item.from} → ${item.to}: ${why(item)}`).join('\n'),
    [...causes.values()]
      .map(cause => `${numbers.get(cause.key)}. ${sentence(cause)}`)
      .join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}
