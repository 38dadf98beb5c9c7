import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** A sandbox in a process of its own, as people start it. */
export interface SandboxProcess {
  endpoint: string;
  accessKeyId: string;
  accessKeySecret: string;
  control: string;
  /** Ends it without a chance to say another word. */
  kill(): void;
  /** Resolves when it is gone. */
  gone: Promise<void>;
}

/** Starts the command line; rejects with what it said when it ends before it serves. */
export function startProcess(args: string[]): Promise<SandboxProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', join(__dirname, '..', 'cli.ts'), ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  let said = '';
  child.stderr!.on('data', chunk => {
    said = `${said}${chunk}`.slice(-4000);
  });
  const gone = new Promise<void>(resolve => child.on('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    let line = '';
    child.stdout!.on('data', chunk => {
      line += chunk;
      if (!line.includes('\n')) return;
      resolve({
        ...JSON.parse(line),
        kill: () => child.kill('SIGKILL'),
        gone,
      });
    });
    void gone.then(() => reject(new Error(`The sandbox ended: ${said}`)));
  });
}
