import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sourceFile, stateFolder } from '../tools/places';

const run = promisify(execFile);

/** The first build fetches and compiles the modules. */
const BUILD_LIMIT_MS = 240_000;

/** Builds the program with the Go of this machine; answers with its path. Throws where that cannot be done. */
export async function buildDecoder(): Promise<string> {
  const source = sourceFile('decoder/program');
  const folder = stateFolder('decoder');
  const binary = join(folder, 'decoder');
  const built = join(folder, 'main.go');
  const text = readFileSync(join(source, 'main.go'), 'utf8');
  if (
    existsSync(binary) &&
    existsSync(built) &&
    readFileSync(built, 'utf8') === text
  ) {
    return binary;
  }
  await run('go', ['build', '-o', binary, '.'], {
    cwd: source,
    timeout: BUILD_LIMIT_MS,
  });
  writeFileSync(built, text);
  return binary;
}

/** What Kubernetes' decoder says of one object; empty texts: nothing against it. */
export interface Said {
  lenient: string;
  strict: string;
  /** The object, in base64; empty when it cannot be read. */
  protobuf: string;
}

function lines(
  binary: string,
  args: string[],
  input: string,
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', chunk => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', code => {
      if (code !== 0) reject(new Error(`the decoder ended with ${code}`));
      else resolve(Buffer.concat(chunks).toString().trimEnd().split('\n'));
    });
    child.stdin.end(input);
  });
}

/** Objects of the kinds that the decoder knows, with every field set. */
export async function samples(binary: string): Promise<any[]> {
  return (await lines(binary, ['samples'], '')).map(line => JSON.parse(line));
}

/** What the decoder says of each object. */
export async function decode(binary: string, objects: any[]): Promise<Said[]> {
  const input = objects.map(object => `${JSON.stringify(object)}\n`).join('');
  return (await lines(binary, [], input)).map(line => JSON.parse(line));
}
