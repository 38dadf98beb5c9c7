import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Verdict } from '../judge';

/**
 * Runs a judge's program, which prints one verdict a line as JSON.
 * @throws Error when it ends with another status than 0 or takes too long
 */
export async function runProgram(
  command: string,
  args: string[],
  options: {
    env: Record<string, string>;
    limitMs: number;
    report: (verdict: Verdict) => void;
  },
): Promise<void> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...options.env },
    timeout: options.limitMs,
  });
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(`${signal ?? code}`));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { name, ok, detail } = JSON.parse(line);
    options.report({ name, ok, detail: detail ?? undefined });
  }
  const status = await ended;
  if (status !== '0') throw new Error(`${command} ended with ${status}`);
}
