/**
 * The guide from beginning to end against a fresh local cloud, through the portal's public faces only. Prints a table of
 * step, expected, seen and time; exit status 0 only when every step was as expected.
 */
import { Walkthrough } from './context';
import { destroy } from './destroy';
import { fullLayout, splitLayout } from './layouts';
import { outlierDetection } from './outlierDetection';
import { provision } from './provision';
import { refusals } from './refusals';

async function main(): Promise<number> {
  const walk = new Walkthrough();
  const before = await walk.inventory();
  if (await provision(walk)) {
    await refusals(walk);
    await fullLayout(walk);
    await splitLayout(walk);
    await outlierDetection(walk);
  }
  await destroy(walk, before);
  return walk.steps.finish();
}

main().then(
  code => process.exit(code),
  error => {
    console.error(error);
    process.exit(1);
  },
);
