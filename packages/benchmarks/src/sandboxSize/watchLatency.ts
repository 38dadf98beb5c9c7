import { call, watch, type Access } from './client';
import { namespaceOf } from './filling';

const MARK = 'example.com/sent';
const MERGE = 'application/merge-patch+json';

interface Pod {
  access: Access;
  path: string;
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** Watches the pods of every cluster and measures how long writes take to come back, in milliseconds. */
export class WatchLatency {
  private readonly waiting = new Map<string, (ms: number) => void>();
  private readonly ends: (() => void)[] = [];
  private pods: Pod[] = [];
  private serial = 0;

  async start(accesses: Access[]): Promise<void> {
    for (const access of accesses) {
      const { items } = JSON.parse(
        await call(
          access,
          'GET',
          `/api/v1/namespaces/${namespaceOf(0)}/pods?limit=20`,
        ),
      );
      this.pods.push(
        ...items.map((pod: any) => ({
          access,
          path: `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`,
        })),
      );
      this.ends.push(
        await watch(access, '/api/v1/pods', event => this.heard(event)),
      );
    }
  }

  stop(): void {
    this.ends.forEach(end => end());
  }

  /** A handful of writes a second, one after the other. */
  async trickle(writes: number, perSecond: number): Promise<number[]> {
    const series: number[] = [];
    for (let i = 0; i < writes; i++) {
      const [ms] = await Promise.all([this.write(), pause(1000 / perSecond)]);
      series.push(ms);
    }
    return series;
  }

  /** Many writes at once, over all clusters, several times. */
  async bursts(times: number, writes: number): Promise<number[]> {
    const series: number[] = [];
    for (let i = 0; i < times; i++) {
      series.push(
        ...(await Promise.all(
          Array.from({ length: writes }, () => this.write()),
        )),
      );
      await pause(300);
    }
    return series;
  }

  private heard({ object }: any): void {
    const mark = object.metadata?.annotations?.[MARK];
    const arrived = this.waiting.get(mark);
    if (!arrived) return;
    this.waiting.delete(mark);
    arrived(performance.now());
  }

  /** From sending a patch until its event is there. */
  private async write(): Promise<number> {
    this.serial += 1;
    const mark = String(this.serial);
    // A stride that is prime to their number visits all pods, cluster by cluster.
    const pod = this.pods[(this.serial * 21) % this.pods.length];
    const heard = new Promise<number>(resolve =>
      this.waiting.set(mark, resolve),
    );
    const sent = performance.now();
    await call(
      pod.access,
      'PATCH',
      pod.path,
      { metadata: { annotations: { [MARK]: mark } } },
      MERGE,
    );
    return (await heard) - sent;
  }
}
