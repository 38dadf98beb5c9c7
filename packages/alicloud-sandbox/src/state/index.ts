import type { SandboxLog } from '../contract';
import { Journal, type StatePersistence } from './journal';

export { StateError, type StatePersistence } from './journal';

/** Keeps nothing. */
class MemoryPersistence implements StatePersistence {
  readonly resumed = false;
  readonly elapsedMs = 0;
  register() {}
  changed() {}
  addTable() {}
  append() {}
  dropTable() {}
  keepTime() {}
  noteTime() {}
  stop() {}
}

/**
 * The state in `directory` (none: memory only): one journal for all parts. Every change is appended synchronously, so
 * that it outlives the process, though not the machine's loss of power; in the background the journal is replaced by a
 * base that holds every living record once. Parts get their earlier records while they register.
 * @throws Error when the directory cannot be written to, or what is there cannot be used; the message says what to do.
 */
export function createPersistence(options: {
  directory?: string;
  fresh?: boolean;
  log: SandboxLog;
  /** For tests: from which length on a journal is compacted. */
  compactFromBytes?: number;
}): StatePersistence {
  const { directory } = options;
  return directory
    ? new Journal({ ...options, directory })
    : new MemoryPersistence();
}
