/** The provisioning engine in a process of its own: does one task after the other and tells what each took. */
import {
  createAlicloudAccounts,
  DEFAULT_RATES,
  defaultPace,
  destroyEnvironment,
  provisionEnvironment,
  UNLIMITED_RATES,
  type Alicloud,
  type CallRates,
  type Pace,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import {
  criticalCreation,
  criticalRemoval,
  type Critical,
} from './criticalPath';
import type { Cloud, Run, Task } from './protocol';

/** How often the heap is looked at, simulated ms. */
const SAMPLE_MS = 10_000;

const silent = () => undefined;
type Logger = Parameters<typeof createAlicloudAccounts>[1]['logger'];
const quiet: Logger = {
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  child: () => quiet,
};

/** The product's own patience, in the sandbox's time: everything happens in the proportions of the real cloud. */
function scaledPace(timeScale: number): Partial<Pace> {
  const { minIntervalMs, maxIntervalMs, listingLagMs, inUseMs, timeoutMs } =
    defaultPace;
  return {
    minIntervalMs: minIntervalMs / timeScale,
    maxIntervalMs: maxIntervalMs / timeScale,
    listingLagMs: listingLagMs / timeScale,
    inUseMs: inUseMs / timeScale,
    timeoutMs: timeoutMs / timeScale,
  };
}

/** The product's own rates, in the sandbox's time. */
function scaledRates(timeScale: number): CallRates {
  return Object.fromEntries(
    Object.entries(DEFAULT_RATES).map(([product, { reads, writes }]) => [
      product,
      { reads: reads * timeScale, writes: writes * timeScale },
    ]),
  ) as CallRates;
}

function clientOf(cloud: Cloud, limited: boolean): Alicloud {
  const { accessKeyId, accessKeySecret, endpoint, timeScale } = cloud;
  return createAlicloudAccounts(
    [
      {
        name: 'sandbox',
        credentials: { accessKeyId, accessKeySecret },
        regions: ['cn-hangzhou'],
        endpoints: Object.fromEntries(
          Object.keys(DEFAULT_RATES).map(product => [product, endpoint]),
        ),
        rates: limited ? scaledRates(timeScale) : UNLIMITED_RATES,
      },
    ],
    { logger: quiet },
  ).get();
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Looks at the heap from time to time, and counts what that costs. */
function sampleHeap(intervalMs: number) {
  const heap: number[] = [];
  let cost = 0;
  const sample = () => {
    const before = cpuSeconds();
    global.gc!();
    heap.push(process.memoryUsage().heapUsed);
    cost += cpuSeconds() - before;
  };
  const timer = setInterval(sample, intervalMs);
  return {
    heap,
    cost: () => cost,
    stop: () => clearInterval(timer),
  };
}

async function run({ kind, cloud, spec, limited }: Task): Promise<Run> {
  const { timeScale } = cloud;
  const client = clientOf(cloud, limited);
  const pace = scaledPace(timeScale);
  const critical: Critical =
    kind === 'provision'
      ? criticalCreation(spec)
      : await criticalRemoval(client, spec.name);
  process.send!('begin');
  await new Promise(resolve => process.once('message', resolve));
  const samples = sampleHeap(SAMPLE_MS / timeScale);
  const cpuBefore = cpuSeconds();
  const begin = performance.now();
  const report =
    kind === 'provision'
      ? await provisionEnvironment(client, spec, { pace })
      : await destroyEnvironment(client, spec.name, { pace });
  const seconds = ((performance.now() - begin) / 1000) * timeScale;
  const used = cpuSeconds() - cpuBefore - samples.cost();
  samples.stop();
  return {
    report,
    timeScale,
    seconds,
    cpuSeconds: used,
    criticalSeconds: critical.seconds,
    criticalPath: critical.path,
    kinds: critical.kinds,
    heap: samples.heap,
  };
}

process.on('disconnect', () => process.exit(0));
process.on('message', (task: Task | 'go') => {
  if (task === 'go') return;
  run(task).then(
    result => process.send!(result),
    error => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send!('ready');
