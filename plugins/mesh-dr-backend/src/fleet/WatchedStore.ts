import type {
  KubernetesConnection,
  KubernetesObject,
  ResourceType,
  WatchHandlers,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

type State = Parameters<WatchHandlers['onState']>[0];

/** Objects of one type in one cluster, projected, kept up to date by a watch. */
export class WatchedStore<T> {
  private readonly byKey = new Map<string, { text: string; value: T }>();
  private cached: T[] | undefined;
  /** What the watch last said about its connection. */
  state: State | undefined;
  /** Whether a whole list was ever seen. */
  listed = false;

  constructor(
    private readonly options: {
      project: (object: KubernetesObject) => T;
      /** The projection of something changed, or the first list arrived. */
      onChange: () => void;
      onState: () => void;
      /** An object is gone; told with its last projection. */
      onGone?(value: T): void;
    },
  ) {}

  /** Shows what was known before the watch began, until its first list. */
  seed(values: T[]): void {
    for (const value of values) {
      this.byKey.set(keyOf(value), { text: JSON.stringify(value), value });
    }
  }

  start(
    connection: KubernetesConnection,
    type: ResourceType,
    signal: AbortSignal,
  ): void {
    connection.watch(
      type,
      {
        onList: items => {
          if (signal.aborted) return;
          const seen = new Set(items.map(keyOf));
          let changed = !this.listed;
          for (const key of [...this.byKey.keys()]) {
            if (!seen.has(key)) changed = this.remove(key) || changed;
          }
          for (const item of items) changed = this.put(item) || changed;
          this.listed = true;
          if (changed) this.changed();
        },
        onEvent: (event, object) => {
          if (signal.aborted) return;
          const changed =
            event === 'DELETED' ? this.remove(keyOf(object)) : this.put(object);
          if (changed) this.changed();
        },
        onState: state => {
          if (signal.aborted) return;
          this.state = state;
          this.options.onState();
        },
      },
      { signal },
    );
  }

  values(): T[] {
    this.cached ??= [...this.byKey.values()].map(({ value }) => value);
    return this.cached;
  }

  private changed() {
    this.cached = undefined;
    this.options.onChange();
  }

  /** False when nothing that matters changed, e.g. a heartbeat. */
  private put(object: KubernetesObject): boolean {
    const value = this.options.project(object);
    const text = JSON.stringify(value);
    const key = keyOf(object);
    if (this.byKey.get(key)?.text === text) return false;
    this.byKey.set(key, { text, value });
    return true;
  }

  private remove(key: string): boolean {
    const entry = this.byKey.get(key);
    if (!entry) return false;
    this.byKey.delete(key);
    this.options.onGone?.(entry.value);
    return true;
  }
}

/** Of an object, or of a projection, which may have its names at the top. */
function keyOf(value: unknown): string {
  const { metadata } = value as Partial<KubernetesObject>;
  const { namespace, name } =
    metadata ?? (value as { namespace?: string; name: string });
  return `${namespace ?? ''}/${name}`;
}
