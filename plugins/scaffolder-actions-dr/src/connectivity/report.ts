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

/** One line that says why a ping failed: every cause in path order, what could not be looked at, how the ping ended. */
export function explain(
  { causes, unread }: Diagnosis,
  ping: { exitCode?: number; log: string },
): string {
  const lastLine = ping.log.split('\n').at(-1) ?? '';
  const parts = causes.map(cause =>
    cause.direction === 'back'
      ? `on the way back: ${sentence(cause)}`
      : sentence(cause),
  );
  if (unread) parts.push(`not every hop could be looked at: ${unread}`);
  if (!parts.length) {
    parts.push(
      'every hop that the cloud shows looks right; look at network ACLs and node firewalls',
    );
  }
  return `${parts.join(' ')} [ping: exit code ${
    ping.exitCode ?? 'unknown'
  }, ${lastLine}]`;
}

/**
 * What a person reads who was told that Pods do not reach each other: which directions fail, and each cause once, in path
 * order, however many directions it stops.
 */
export function summary(results: PairResult[]): string {
  const failed = results.filter(({ ok }) => !ok);
  const causes = new Map<string, Cause>();
  for (const cause of failed.flatMap(item => item.causes)) {
    if (!causes.has(cause.key)) causes.set(cause.key, cause);
  }
  const number = new Map([...causes.keys()].map((key, i) => [key, i + 1]));
  const why = (result: PairResult) => {
    if (!result.causes.length) return result.detail;
    const told = (direction: Cause['direction']) =>
      result.causes
        .filter(cause => cause.direction === direction)
        .map(({ key, hop }) => `${hop} [${number.get(key)}]`)
        .join(', ');
    return [told('there'), told('back') && `on the way back ${told('back')}`]
      .filter(Boolean)
      .join('; ');
  };
  return [
    `Pods do not reach each other: ${failed.length} of ${results.length} directions fail`,
    ...failed.map(item => `- ${item.from} → ${item.to}: ${why(item)}`),
    ...[...causes.values()].map(
      cause => `[${number.get(cause.key)}] ${sentence(cause)}`,
    ),
  ].join('\n');
}
