import type { Transport } from './transports';

/** One call. `${name}` in any text stands for what an earlier step kept under that name. */
export interface Step {
  via: Transport;
  /** `<product>.<Action>`, or `<METHOD> <path>` of the Container Service with its operation's name in front. */
  call: string;
  query?: Record<string, string>;
  body?: Record<string, unknown>;
  /** What later steps use: a name for the value at a path. */
  keep?: Record<string, string>;
  /** Asked again until the value at the path is this one; anything else but `pending` fails. */
  until?: { path: string; is: string; pending?: string[] };
  /** Values that the provider puts into its state, and that a plan compares with the configuration. */
  reads?: Record<string, unknown>;
  /** Paths that the provider looks up and that therefore must be there, whatever they hold. */
  needs?: string[];
  /** Paths of texts that the provider parses as JSON, with the members it uses. */
  parses?: Record<string, string[]>;
  /** Codes on which the provider waits and calls again. */
  retries?: string[];
}

/** How the provider learns that a resource is not there: an error that it takes for that, or an empty answer. */
export interface Absence extends Omit<Step, 'until' | 'keep'> {
  /** Codes that mean gone to this resource, besides those that mean it everywhere. */
  codes?: string[];
  /** The value at the path is empty: a list without rows, an empty text. */
  empty?: string;
}

/** The calls of one resource's life. Source: the provider's resource and service files. */
export interface Trace {
  resource: string;
  create: Step[];
  /** Refresh, also the first read after the creation. */
  read: Step[];
  destroy: Step[];
  /** The read with which the provider waits for the end of the deletion. */
  absent: Absence;
  /** Deleting what is gone already must read as gone too. */
  destroyAgain?: Absence;
  /** While what depends on it is there, the deletion must be refused with a code on which the provider waits. */
  blocked?: boolean;
}
