/**
 * Runs the judges named on the command line, all of them without a name. Exit status 0 only when every verdict was in
 * favour; a judge whose tool is missing is skipped loudly and counts as skipped, never as passed.
 */
import { writeFileSync } from 'node:fs';
import { envoyJudge } from './envoy';
import { go } from './go';
import { decoder } from './decoder';
import type { Judge, Verdict } from './judge';
import { kubectl } from './kubectl';
import { packageAlone } from './package';
import { prometheus } from './prometheus';
import { python } from './python';
import { terraformJudge } from './terraform';

const judges: Judge[] = [
  kubectl,
  decoder,
  envoyJudge,
  python,
  go,
  packageAlone,
  terraformJudge,
  prometheus,
];

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What is said once more at the end: hundreds of lines of approval hide a single objection, and a log may be cut. */
const objections: string[] = [];

async function sit(judge: Judge, counts: Counts): Promise<void> {
  console.log(`\n${judge.name}: ${judge.description}`);
  const missing = await judge.unavailable();
  if (missing !== undefined) {
    counts.skipped++;
    console.log(`*** SKIPPED: the judge '${judge.name}': ${missing} ***`);
    return;
  }
  const verdicts = await hear(judge);
  const failed = verdicts.filter(({ ok }) => !ok).length;
  counts.failed += failed;
  counts.passed += verdicts.length - failed;
}

async function hear(judge: Judge): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const report = (verdict: Verdict) => {
    const { name, ok, detail } = verdict;
    verdicts.push(verdict);
    const line = `${name}${detail === undefined ? '' : `: ${detail}`}`;
    if (!ok) objections.push(`${judge.name}: ${line}`);
    console.log(`  ${ok ? '✓' : '✗'} ${line}`);
  };
  const started = Date.now();
  try {
    await judge.run(report);
  } catch (error) {
    report({
      name: 'ran to its end',
      ok: false,
      detail: error instanceof Error ? error.stack : String(error),
    });
  }
  console.log(`  ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return verdicts;
}

async function main(names: string[]): Promise<number> {
  const unknown = names.find(name => !judges.some(j => j.name === name));
  if (unknown !== undefined) {
    console.error(
      `There is no judge '${unknown}'; choose from ${judges
        .map(judge => judge.name)
        .join(', ')}`,
    );
    return 2;
  }
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const judge of judges) {
    if (!names.length || names.includes(judge.name)) await sit(judge, counts);
  }
  if (process.env.MESH_DR_REPORT) {
    writeFileSync(process.env.MESH_DR_REPORT, JSON.stringify(counts));
  }
  if (objections.length) {
    console.log(['\nObjections:', ...objections].join('\n  ✗ '));
  }
  console.log(
    `\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
  );
  return counts.failed === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  code => process.exit(code),
  error => {
    console.error(error);
    process.exit(1);
  },
);
