import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { applyEverywhere } from './applyEverywhere';
import { fleetSize, outageRead, pageRead, tabs } from './fleet';
import { frontend } from './frontend';
import { gatewayThroughput } from './gatewayThroughput';
import { provision } from './provision';
import { sandboxSize } from './sandboxSize';
import type { Benchmark, CaseResult, Figures } from './types';
import { whatIf } from './whatIf';

const benchmarks: Benchmark[] = [
  whatIf,
  frontend,
  applyEverywhere,
  gatewayThroughput,
  sandboxSize,
  provision,
  pageRead,
  outageRead,
  tabs,
  fleetSize,
];

const show = (f: Figures, unit: string) =>
  `p50 ${f.p50.toFixed(2)} ${unit}, p99 ${f.p99.toFixed(
    2,
  )}, min ${f.min.toFixed(2)}, max ${f.max.toFixed(2)} (n=${f.n})`;

const verdict = ({ met }: CaseResult) => (met ? 'met' : 'missed');

function print(result: CaseResult) {
  console.log(`\n${result.case}`);
  console.log(`  ours   ${show(result.ours, result.unit)}`);
  console.log(
    result.peer
      ? `  peer   ${show(result.peer, result.unit)}   ${
          result.peer.name
        }\n  ratio  ${result.ratio?.toFixed(2) ?? '-'}`
      : '  peer   none: no other program computes this',
  );
  console.log(`  goal   ${result.goal}: ${verdict(result)}`);
  result.notes?.forEach(note => console.log(`  note   ${note}`));
}

/** Figure, goal, met or missed, a line for each case. */
function printTable(cases: CaseResult[]) {
  const rows = [
    ['case', 'p50', 'goal', ''],
    ...cases.map(result => [
      result.case,
      `${result.ours.p50.toFixed(2)} ${result.unit}`,
      result.goal,
      verdict(result),
    ]),
  ];
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map(row => row[column].length)),
  );
  console.log();
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'string' }, 'time-scale': { type: 'string' } },
    allowPositionals: true,
  });
  const [name] = positionals;
  if (!name) {
    for (const benchmark of benchmarks) {
      console.log(`${benchmark.name.padEnd(18)} ${benchmark.description}`);
    }
    return 0;
  }
  const benchmark = benchmarks.find(candidate => candidate.name === name);
  if (!benchmark) {
    console.error(
      `There is no benchmark '${name}'; choose one of ${benchmarks
        .map(b => b.name)
        .join(', ')}`,
    );
    return 2;
  }
  const scale = values['time-scale'];
  const timeScale = scale === undefined ? undefined : Number(scale);
  if (timeScale !== undefined && !(timeScale > 0)) {
    console.error(
      `--time-scale ${scale}: expected simulated seconds a second, such as 10`,
    );
    return 2;
  }
  const cases = await benchmark.run({ timeScale });
  cases.forEach(print);
  printTable(cases);
  if (values.json) {
    writeFileSync(
      values.json,
      `${JSON.stringify(
        {
          name: benchmark.name,
          description: benchmark.description,
          at: new Date().toISOString(),
          node: process.version,
          cpus: os.cpus().length,
          cpuModel: os.cpus()[0]?.model,
          cases,
        },
        null,
        2,
      )}\n`,
    );
  }
  return 0;
}

main().then(
  code => process.exit(code),
  error => {
    console.error(error.message);
    process.exit(1);
  },
);
