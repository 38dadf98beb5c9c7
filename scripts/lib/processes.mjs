import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import net from 'node:net';

/** A TCP port that is free right now, on loopback. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Whether nobody listens on a loopback port. */
export function portIsFree(port) {
  return new Promise(resolve => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Polls until `probe` returns something truthy; rejects with `what` and the last reason after `timeoutMs`. */
export async function until(what, probe, timeoutMs, intervalMs = 250) {
  const deadline = Date.now() + timeoutMs;
  let last = 'no answer';
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      last = error.message;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `${what} did not happen within ${timeoutMs / 1000} s (${last})`,
      );
    }
    await new Promise(resolve => {
      setTimeout(resolve, intervalMs);
    });
  }
}

/** Children of this command; all are stopped together. */
export class Processes {
  #children = new Set();
  #stopping = false;

  /**
   * Starts a child in a process group of its own, so that a supervisor and what it started stop together.
   * `secretStdout` keeps what it prints on stdout out of its log.
   * @param {{ name: string, command: string, args: string[], cwd: string, env: object, logFile?: string, secretStdout?: boolean }} options
   */
  start({ name, command, args, cwd, env, logFile, secretStdout }) {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    const tail = [];
    const log = logFile
      ? createWriteStream(logFile, { flags: 'a' })
      : undefined;
    const keep = chunk => {
      log?.write(chunk);
      tail.push(chunk.toString());
      if (tail.length > 200) tail.shift();
    };
    if (!secretStdout) child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const entry = {
      name,
      child,
      tail: () => tail.join(''),
      exited: new Promise(resolve => {
        child.on('exit', (code, signal) => {
          this.#children.delete(entry);
          resolve({ code, signal });
          if (!this.#stopping && this.onUnexpectedExit) {
            this.onUnexpectedExit(entry, code, signal);
          }
        });
      }),
    };
    this.#children.add(entry);
    return entry;
  }

  /**
   * Resolves with the signal when somebody ends this command. Stays listening: the second signal (a supervisor and the
   * terminal may both send one) must not end us before the children are stopped.
   */
  interrupted = new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => resolve(signal));
    }
  });

  /** Called when a child ends although nobody asked it to. */
  onUnexpectedExit;

  /** SIGTERM to all groups, SIGKILL to what is left after ten seconds. */
  async stop() {
    this.#stopping = true;
    const all = [...this.#children];
    for (const { child } of all) this.#signal(child, 'SIGTERM');
    const killer = setTimeout(
      () => all.forEach(({ child }) => this.#signal(child, 'SIGKILL')),
      10_000,
    );
    await Promise.all(all.map(entry => entry.exited));
    clearTimeout(killer);
  }

  #signal(child, signal) {
    try {
      if (process.platform === 'win32') child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch {
      // Gone already.
    }
  }
}
