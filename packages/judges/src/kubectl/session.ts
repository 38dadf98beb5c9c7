import {
  execFile,
  spawn,
  type ChildProcess,
  type ExecFileException,
} from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binary } from './binaries';

export type ClusterName = 'ack' | 'asm';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Objects become JSON, several a List. */
  stdin?: string | object | object[];
  env?: Record<string, string>;
}

type Pattern = string | RegExp;

/** Splits a command line at blanks outside single quotes. */
function words(line: string): string[] {
  return (line.match(/(?:'[^']*'|\S)+/g) ?? []).map(w => w.replace(/'/g, ''));
}

/** JSON, which YAML parsers read; several objects become a List. */
function textOf(input: RunOptions['stdin']): string {
  if (input === undefined || typeof input === 'string') return input ?? '';
  return JSON.stringify(
    Array.isArray(input)
      ? { apiVersion: 'v1', kind: 'List', items: input }
      : input,
  );
}

function holds(text: string, pattern: Pattern): boolean {
  return typeof pattern === 'string'
    ? text.includes(pattern)
    : pattern.test(text);
}

/** Throws unless `text` has each pattern. */
export function expectText(text: string, ...patterns: Pattern[]): void {
  const missing = patterns.filter(pattern => !holds(text, pattern));
  if (missing.length > 0) {
    throw new Error(`expected ${missing.join(' and ')} in:\n${text}`);
  }
}

/** Throws unless both are the same text. */
export function expectSame(actual: string, expected: string): void {
  if (actual !== expected) {
    throw new Error(`expected\n${expected}\nbut was\n${actual}`);
  }
}

/** How long a followed command may take to print what is awaited. */
const PATIENCE_MS = 30_000;

/** A command that runs until it is stopped, and what it printed so far. */
export class Stream {
  private text = '';
  private readonly child: ChildProcess;

  constructor(child: ChildProcess) {
    this.child = child;
    const take = (chunk: Buffer) => {
      this.text += chunk.toString();
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
  }

  /** Resolves when `pattern` has been printed; throws with what was printed when the command ends or takes too long. */
  async until(pattern: Pattern): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!holds(this.text, pattern)) {
      if (this.child.exitCode !== null || Date.now() > end) {
        throw new Error(`expected ${pattern} in:\n${this.text}`);
      }
      await sleep(20);
    }
  }

  stop(): void {
    this.child.kill();
  }
}

/** One kubectl with a home of its own, so that nothing cached by another version is read. */
export class Kubectl {
  readonly minor: number;
  readonly home: string;
  private readonly path: string;

  constructor(binary: Binary, kubeconfigs: Record<ClusterName, string>) {
    this.path = binary.path;
    this.minor = binary.minor;
    this.home = mkdtempSync(join(tmpdir(), `kubectl-1.${binary.minor}-`));
    for (const [name, yaml] of Object.entries(kubeconfigs)) {
      writeFileSync(join(this.home, `${name}.yaml`), yaml, { mode: 0o600 });
    }
  }

  close(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Writes a file below the home; answers with its path. */
  file(name: string, content: string | object | object[]): string {
    const path = join(this.home, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, textOf(content), { mode: 0o755 });
    return path;
  }

  private environment(cluster: ClusterName) {
    return {
      PATH: process.env.PATH,
      HOME: this.home,
      KUBECONFIG: join(this.home, `${cluster}.yaml`),
    };
  }

  /** Starts a command that follows something. */
  stream(cluster: ClusterName, line: string): Stream {
    const env = this.environment(cluster);
    return new Stream(spawn(this.path, words(line), { env }));
  }

  run(
    cluster: ClusterName,
    line: string,
    options: RunOptions = {},
  ): Promise<Outcome> {
    return new Promise(resolve => {
      const child = execFile(
        this.path,
        words(line),
        {
          env: { ...this.environment(cluster), ...options.env },
          timeout: 60_000,
          maxBuffer: 64 * 1024 * 1024,
        },
        (error: ExecFileException | null, stdout, stderr) =>
          resolve({
            code: error ? Number(error.code ?? 1) : 0,
            stdout,
            stderr,
          }),
      );
      child.stdin?.on('error', () => {});
      child.stdin?.end(textOf(options.stdin));
    });
  }

  /** Runs and expects success, and each pattern in what is printed on stdout. */
  async ok(
    cluster: ClusterName,
    line: string,
    ...rest: (Pattern | RunOptions)[]
  ): Promise<string> {
    const { options, patterns } = sorted(rest);
    const { code, stdout, stderr } = await this.run(cluster, line, options);
    if (code !== 0) {
      throw new Error(`kubectl ${line} ended with ${code}: ${stderr}${stdout}`);
    }
    expectText(stdout, ...patterns);
    return stdout;
  }

  /** Runs and expects failure, and each pattern in what is printed on stderr. */
  async fails(
    cluster: ClusterName,
    line: string,
    ...rest: (Pattern | RunOptions)[]
  ): Promise<string> {
    const { options, patterns } = sorted(rest);
    const { code, stdout, stderr } = await this.run(cluster, line, options);
    if (code === 0) {
      throw new Error(`kubectl ${line} should have failed: ${stdout}${stderr}`);
    }
    expectText(stderr, ...patterns);
    return stderr;
  }
}

function sorted(rest: (Pattern | RunOptions)[]) {
  const isPattern = (item: Pattern | RunOptions): item is Pattern =>
    typeof item === 'string' || item instanceof RegExp;
  return {
    patterns: rest.filter(isPattern),
    options: rest.find((item): item is RunOptions => !isPattern(item)),
  };
}

/** Runs named checks one after the other; a failed one does not stop the rest. */
export type Check = (
  name: string,
  body: () => Promise<unknown>,
) => Promise<void>;

/** A chapter of the conformance script. */
export type Chapter = (k: Kubectl, check: Check) => Promise<void>;
