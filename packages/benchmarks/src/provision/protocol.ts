import type {
  EnvironmentSpec,
  ProvisionReport,
  DestroyReport,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

/** How the sandbox is reached; told once when it serves. */
export interface Cloud {
  endpoint: string;
  control: string;
  accessKeyId: string;
  accessKeySecret: string;
  /** Simulated seconds a second. */
  timeScale: number;
}

/** What the engine is asked to do with an environment. */
export interface Task {
  kind: 'provision' | 'destroy';
  cloud: Cloud;
  spec: EnvironmentSpec;
  /** Whether the product's rates of calls hold, or none. */
  limited: boolean;
}

/** How the engine's process did it. */
export interface Run {
  report: ProvisionReport | DestroyReport;
  /** Simulated seconds a second. */
  timeScale: number;
  /** Simulated seconds from begin to end. */
  seconds: number;
  /** Seconds of CPU time of the whole process, without what sampling the heap cost. */
  cpuSeconds: number;
  /** Simulated seconds of the chain of things that had to wait for each other. */
  criticalSeconds: number;
  criticalPath: string[];
  /** The kind of each thing that is made or taken away. */
  kinds: string[];
  /** Bytes of heap after garbage collections during the run, evenly spread. */
  heap: number[];
}
