import type { SandboxLog } from './contract';

/** One JSON object a line on stderr; stdout belongs to the line that says where the sandbox serves. */
export function createStderrLog(): SandboxLog {
  const write = (
    level: 'info' | 'warn',
    message: string,
    fields?: Record<string, unknown>,
  ) => {
    process.stderr.write(
      `${JSON.stringify({
        time: new Date().toISOString(),
        level,
        message,
        ...fields,
      })}\n`,
    );
  };
  return {
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
  };
}

/** Drops everything; what embedded sandboxes (tests) use by default. */
export const silentLog: SandboxLog = { info: () => {}, warn: () => {} };
