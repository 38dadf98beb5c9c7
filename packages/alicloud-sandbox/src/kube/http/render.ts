import type { KubeObject } from '../../contract';
import { apiVersionOf, type KindRow } from '../kinds';
import { badRequest } from '../status';
import { inVersion } from '../objects';
import { acceptable } from './accept';
import type { Listed } from './sendList';
import { tableOf } from './table';

/** How a client wants objects: whole, as metadata only, or as rows for printing. */
export type Form = 'object' | 'metadata' | 'table';

/** Reads the first acceptable form from an Accept header; what we cannot serve is passed over. */
export function formOf(accept: string): Form {
  for (const { type, parameters } of acceptable(accept)) {
    if (
      ['application/json', 'application/yaml', '*/*', 'application/*'].includes(
        type,
      )
    ) {
      if (!parameters.as) return 'object';
      if (parameters.as === 'Table') return 'table';
      if (parameters.as.startsWith('PartialObjectMetadata')) return 'metadata';
    }
  }
  return 'object';
}

function partial(object: KubeObject) {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: object.metadata,
  };
}

/** Renders objects of one kind for one request. */
export class Renderer {
  private readonly row: KindRow;
  private readonly version: string;
  private readonly form: Form;
  private readonly include: string;
  private readonly now: () => number;

  constructor(
    row: KindRow,
    version: string,
    accept: string,
    query: URLSearchParams,
    now: () => number,
  ) {
    this.row = row;
    this.version = version;
    this.form = formOf(accept);
    this.include = query.get('includeObject') ?? 'Metadata';
    this.now = now;
    if (!['Metadata', 'Object', 'None'].includes(this.include)) {
      throw badRequest(`includeObject must be None, Metadata or Object`);
    }
  }

  /** One object, as an answer or inside a watch event. */
  one(stored: KubeObject): object {
    const object = inVersion(this.row, stored, this.version);
    if (this.form === 'metadata') return partial(object);
    if (this.form === 'table') {
      return this.table([object], {
        resourceVersion: object.metadata.resourceVersion,
      });
    }
    return object;
  }

  /** A whole list. Items of a plain list are written without asking for more than their stored text. */
  many(stored: KubeObject[], metadata: Record<string, unknown>): Listed {
    const objects = stored.map(o => inVersion(this.row, o, this.version));
    if (this.form === 'table') return this.table(objects, metadata);
    if (this.form === 'metadata') {
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata,
        items: objects.map(partial),
      };
    }
    return {
      kind: `${this.row.kind}List`,
      apiVersion: apiVersionOf(this.row, this.version),
      metadata,
      items: objects,
    };
  }

  /** The object of a bookmark: nothing but a version. */
  bookmark(resourceVersion: number, initialEvents: boolean): object {
    const metadata = {
      resourceVersion: String(resourceVersion),
      creationTimestamp: null,
      ...(initialEvents
        ? { annotations: { 'k8s.io/initial-events-end': 'true' } }
        : {}),
    };
    if (this.form === 'metadata') {
      return {
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata,
      };
    }
    if (this.form === 'table')
      return this.table([], { resourceVersion: String(resourceVersion) });
    return {
      kind: this.row.kind,
      apiVersion: apiVersionOf(this.row, this.version),
      metadata,
    };
  }

  private table(objects: KubeObject[], metadata: Record<string, unknown>) {
    const include = {
      Metadata: partial,
      Object: (o: KubeObject) => o,
      None: () => null,
    }[this.include as 'Metadata'];
    return tableOf(this.row, objects, metadata, include, this.now());
  }
}
