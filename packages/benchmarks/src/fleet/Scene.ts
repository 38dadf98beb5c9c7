import { Child } from './Child';
import type {
  CloudAnswer,
  CloudQuestion,
  Clouds,
  Started,
  Usage,
  World,
} from './protocol';

type Clusters = Child<CloudQuestion, CloudAnswer>;

/** A backend that serves, in a process of its own. */
export interface Running extends Started {
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** Clusters, and the backends that read from them. */
export class Scene {
  private readonly running: Running[] = [];

  private constructor(
    readonly world: World,
    readonly clouds: Clouds,
    private readonly clusters: Clusters,
  ) {}

  /** For the length of `use`. */
  static async with<T>(
    world: World,
    use: (scene: Scene) => Promise<T>,
  ): Promise<T> {
    const { child, first } = await Child.start<
      Clouds,
      CloudQuestion,
      CloudAnswer
    >('./clusters', { args: [JSON.stringify(world)] });
    const scene = new Scene(world, first, child);
    try {
      return await use(scene);
    } finally {
      await Promise.all(scene.running.map(backend => backend.stop()));
      await child.stop();
    }
  }

  ask(question: CloudQuestion): Promise<CloudAnswer> {
    return this.clusters.ask(question);
  }

  async start(which: 'ours' | 'peer'): Promise<Running> {
    const { child, first } = await Child.start<Started, 'usage', Usage>(
      `./${which}`,
      { env: { BENCH_CLOUDS: JSON.stringify(this.clouds) } },
    );
    const backend: Running = {
      ...first,
      usage: () => child.ask('usage'),
      stop: () => child.stop(),
    };
    this.running.push(backend);
    return backend;
  }

  /**
   * Lists and reads of objects that API servers answered so far. Watches that end are opened again from time to time,
   * and quiet servers are asked for their version, whether pages are read or not.
   */
  async apiCalls(): Promise<number> {
    const answer = await fetch(`${this.clouds.control}/calls/kubernetes`);
    const { clusters } = (await answer.json()) as {
      clusters: Record<string, Record<string, number>>;
    };
    return Object.values(clusters)
      .flatMap(counts => Object.entries(counts))
      .filter(([name]) => name !== 'other' && !name.startsWith('watch '))
      .reduce((sum, [, n]) => sum + n, 0);
  }
}
