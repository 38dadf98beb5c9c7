import type { LoggerService } from '@backstage/backend-plugin-api';

/** A logger that keeps what it is told, so that tests can look for secrets in it. */
export function recordingLogger(): LoggerService & { lines: string[] } {
  const lines: string[] = [];
  const write = (message: string, meta?: unknown) => {
    lines.push(`${message} ${meta === undefined ? '' : JSON.stringify(meta)}`);
  };
  const logger = {
    lines,
    error: write,
    warn: write,
    info: write,
    debug: write,
    child: () => logger,
  };
  return logger;
}
