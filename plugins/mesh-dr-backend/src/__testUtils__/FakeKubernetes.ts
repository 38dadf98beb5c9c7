import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  KubernetesConnection,
  KubernetesConnector,
  KubernetesObject,
  ResourceType,
  WatchHandlers,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

type Managed = { manager: string; operation: string; fieldsV1: any };

/** An API server in memory: resource versions, server-side apply with field ownership, watches. */
export class FakeCluster implements KubernetesConnection {
  private revision = 100;
  private readonly objects = new Map<string, KubernetesObject>();
  private readonly watches = new Set<{ plural: string; to: WatchHandlers }>();
  private trouble: string | undefined;

  constructor(readonly id: string) {}

  /** Puts an object as somebody else's tool would. */
  put(plural: string, object: KubernetesObject): KubernetesObject {
    const key = keyOf(plural, object.metadata.namespace, object.metadata.name);
    const known = this.objects.get(key);
    const stored: KubernetesObject = {
      ...structuredClone(object),
      metadata: {
        creationTimestamp: '2026-01-01T00:00:00Z',
        ...(known && { managedFields: known.metadata.managedFields }),
        ...structuredClone(object.metadata),
        uid: known?.metadata.uid ?? `uid-${this.revision + 1}`,
        resourceVersion: `${++this.revision}`,
      },
    };
    this.objects.set(key, stored);
    this.tell(plural, known ? 'MODIFIED' : 'ADDED', stored);
    return stored;
  }

  remove(plural: string, namespace: string | undefined, name: string): void {
    const key = keyOf(plural, namespace, name);
    const known = this.objects.get(key);
    if (!known) throw new NotFoundError(`${plural} ${name} does not exist`);
    this.objects.delete(key);
    this.tell(plural, 'DELETED', known);
  }

  /** Cuts the API server off, or connects it again. */
  setTrouble(reason: string | undefined): void {
    this.trouble = reason;
    for (const { plural, to } of this.watches) {
      if (reason) to.onState({ state: 'unreachable', reason });
      else this.open(plural, to);
    }
  }

  get openWatches(): number {
    return this.watches.size;
  }

  async get(type: ResourceType, namespace: string | undefined, name: string) {
    this.check();
    const found = this.objects.get(keyOf(type.plural, namespace, name));
    return found && structuredClone(found);
  }

  async list(type: ResourceType, namespace?: string) {
    this.check();
    return {
      items: structuredClone(this.all(type.plural, namespace)),
      resourceVersion: `${this.revision}`,
    };
  }

  async create(type: ResourceType, object: KubernetesObject) {
    this.check();
    return this.put(type.plural, object);
  }

  async apply(
    type: ResourceType,
    object: KubernetesObject,
    options: { fieldManager: string; force?: boolean },
  ) {
    this.check();
    const { namespace, name, resourceVersion } = object.metadata;
    const known = this.objects.get(keyOf(type.plural, namespace, name));
    if (
      resourceVersion &&
      known?.metadata.resourceVersion !== resourceVersion
    ) {
      throw new ConflictError('the object has been modified');
    }
    const managed = ((known?.metadata.managedFields ?? []) as Managed[]).filter(
      ({ manager }) => manager !== options.fieldManager,
    );
    const owned = (
      known?.metadata.managedFields as Managed[] | undefined
    )?.find(({ manager }) => manager === options.fieldManager);
    const spec = structuredClone(known?.spec ?? {});
    if (known && !owned && !options.force && overwrites(spec, object.spec)) {
      throw new ConflictError('conflicts with fields of another manager');
    }
    if (owned) removeOwned(spec, owned.fieldsV1['f:spec'] ?? {}, object.spec);
    overlay(spec, object.spec);
    return this.put(type.plural, {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: {
        ...known?.metadata,
        ...object.metadata,
        labels: { ...known?.metadata.labels, ...object.metadata.labels },
        managedFields: [
          ...managed,
          {
            manager: options.fieldManager,
            operation: 'Apply',
            fieldsV1: { 'f:spec': fieldsOf(object.spec) },
          },
        ],
      },
      spec,
    });
  }

  async patch(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    body: unknown,
  ) {
    this.check();
    const known = await this.get(type, namespace, name);
    if (!known) throw new NotFoundError(`${type.plural} ${name}`);
    for (const { op, path, value } of body as any[]) {
      const keys = path.split('/').slice(1);
      const last = keys.pop()!;
      const parent = keys.reduce((node: any, key: string) => node[key], known);
      if (op === 'test' && parent[last] !== value) {
        throw new ConflictError(`test of ${path} failed`);
      }
      if (op === 'remove') delete parent[last];
      if (op === 'replace') parent[last] = structuredClone(value);
    }
    return this.put(type.plural, known);
  }

  async delete(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    options: { preconditions?: Record<string, string | undefined> } = {},
  ) {
    this.check();
    const known: any = this.objects.get(keyOf(type.plural, namespace, name));
    for (const [field, wanted] of Object.entries(options.preconditions ?? {})) {
      if (known && known.metadata[field] !== wanted) {
        throw new ConflictError(`the ${field} in the precondition is another`);
      }
    }
    this.remove(type.plural, namespace, name);
  }

  async podLog(): Promise<string> {
    throw new Error('no pod of this fake has a log');
  }

  async version() {
    this.check();
    return { gitVersion: 'v1.32.1-aliyun.1' };
  }

  watch(
    type: ResourceType,
    handlers: WatchHandlers,
    { signal }: { signal: AbortSignal },
  ): void {
    const entry = { plural: type.plural, to: handlers };
    this.watches.add(entry);
    signal.addEventListener('abort', () => this.watches.delete(entry));
    queueMicrotask(() => {
      if (signal.aborted) return;
      if (this.trouble) {
        handlers.onState({ state: 'unreachable', reason: this.trouble });
      } else {
        this.open(type.plural, handlers);
      }
    });
  }

  private open(plural: string, handlers: WatchHandlers): void {
    handlers.onList(structuredClone(this.all(plural)));
    handlers.onState({ state: 'ok' });
  }

  private all(plural: string, namespace?: string): KubernetesObject[] {
    return [...this.objects]
      .filter(
        ([key, { metadata }]) =>
          key.startsWith(`${plural}/`) &&
          (!namespace || metadata.namespace === namespace),
      )
      .map(([, object]) => object);
  }

  private tell(
    plural: string,
    type: 'ADDED' | 'MODIFIED' | 'DELETED',
    object: KubernetesObject,
  ): void {
    if (this.trouble) return;
    for (const watch of this.watches) {
      if (watch.plural === plural) {
        watch.to.onEvent(type, structuredClone(object));
      }
    }
  }

  private check(): void {
    if (this.trouble) throw new Error(this.trouble);
  }
}

/** One fake API server per cluster and mesh id. */
export class FakeConnector implements KubernetesConnector {
  private readonly servers = new Map<string, FakeCluster>();

  server(id: string): FakeCluster {
    const known = this.servers.get(id) ?? new FakeCluster(id);
    this.servers.set(id, known);
    return known;
  }

  cluster({ clusterId }: { clusterId: string }) {
    return this.server(clusterId);
  }

  mesh({ serviceMeshId }: { serviceMeshId: string }) {
    return this.server(serviceMeshId);
  }
}

function keyOf(plural: string, namespace: string | undefined, name: string) {
  return `${plural}/${namespace ?? ''}/${name}`;
}

const isMap = (value: any): value is Record<string, any> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function overlay(target: any, source: any): void {
  for (const [key, value] of Object.entries(source)) {
    if (isMap(value)) {
      target[key] = isMap(target[key]) ? target[key] : {};
      overlay(target[key], value);
    } else target[key] = structuredClone(value);
  }
}

/** Whether a value that is there would become another. */
function overwrites(target: any, source: any): boolean {
  return Object.entries<any>(source).some(([key, value]) => {
    if (target?.[key] === undefined) return false;
    return isMap(value)
      ? overwrites(target[key], value)
      : JSON.stringify(target[key]) !== JSON.stringify(value);
  });
}

/** Takes out what the manager owned and does not apply any more. */
function removeOwned(target: any, fields: any, applied: any): void {
  for (const [field, inner] of Object.entries<any>(fields)) {
    const key = field.slice(2);
    if (target?.[key] === undefined) continue;
    if (Object.keys(inner).length > 0) {
      removeOwned(target[key], inner, applied?.[key]);
      if (
        applied?.[key] === undefined &&
        isMap(target[key]) &&
        Object.keys(target[key]).length === 0
      ) {
        delete target[key];
      }
    } else if (applied?.[key] === undefined) delete target[key];
  }
}

function fieldsOf(value: any): any {
  return isMap(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
          `f:${key}`,
          fieldsOf(inner),
        ]),
      )
    : {};
}
