import { ResponseError } from '@backstage/errors';
import { GRANT_HEADER, type MeshDrApi, type RequestOptions } from './MeshDrApi';
import type {
  CandidateCluster,
  Change,
  ChangeExport,
  ChangeStatus,
  CreateChangeRequest,
  CreateGrantRequest,
  CloudVpc,
  Environment,
  EnvironmentDetail,
  EnvironmentDrift,
  EnvironmentPreview,
  Grant,
  GrantOperation,
  MeshSummary,
  NetworkMap,
  Operation,
  Page,
  PreflightReport,
  Preview,
  PreviewRequest,
  PutEnvironmentRequest,
  RollbackRequest,
  ServiceSummary,
  ServiceTopology,
  VerificationRequest,
  VerificationResult,
} from './types';

/** How many topologies the client remembers for conditional requests. */
const TOPOLOGY_CACHE_SIZE = 200;

type Query = Record<string, string | number | undefined>;

interface Call extends RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * Typed client of the mesh-dr REST API for frontend, backend modules and other plugins. Every failed reply is thrown as
 * `ResponseError` with the server's message; network failures pass through as fetch throws them.
 */
export class MeshDrClient implements MeshDrApi {
  readonly #discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  readonly #fetch: typeof fetch;
  readonly #topologies = new Map<
    string,
    { etag: string; value: ServiceTopology }
  >();

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi?: { fetch: typeof fetch };
  }) {
    this.#discoveryApi = options.discoveryApi;
    // Looked up per call, so that tests and instrumentation may replace the global later.
    this.#fetch = (input, init) =>
      options.fetchApi
        ? options.fetchApi.fetch(input, init)
        : globalThis.fetch(input, init);
  }

  async listMeshes(options?: RequestOptions): Promise<MeshSummary[]> {
    const page = await this.#json<{ items: MeshSummary[] }>('/meshes', options);
    return page.items;
  }

  getMesh(mesh: string, options?: RequestOptions): Promise<MeshSummary> {
    return this.#json(path`/meshes/${mesh}`, options);
  }

  getNetwork(meshId: string, options?: RequestOptions): Promise<NetworkMap> {
    return this.#json(path`/meshes/${meshId}/network`, options);
  }

  async listCandidates(
    meshId: string,
    options?: RequestOptions,
  ): Promise<CandidateCluster[]> {
    const page = await this.#json<{ items: CandidateCluster[] }>(
      path`/meshes/${meshId}/candidates`,
      options,
    );
    return page.items;
  }

  preflight(
    meshId: string,
    clusterId: string,
    options?: RequestOptions,
  ): Promise<PreflightReport> {
    return this.#json(path`/meshes/${meshId}/clusters/${clusterId}/preflight`, {
      ...options,
      method: 'POST',
    });
  }

  joinCluster(
    meshId: string,
    clusterId: string,
    options?: RequestOptions,
  ): Promise<Operation> {
    return this.#json(path`/meshes/${meshId}/clusters/${clusterId}/join`, {
      ...options,
      method: 'POST',
    });
  }

  leaveMesh(
    meshId: string,
    clusterId: string,
    options?: RequestOptions,
  ): Promise<Operation> {
    return this.#json(path`/meshes/${meshId}/clusters/${clusterId}/leave`, {
      ...options,
      method: 'POST',
    });
  }

  getOperation(id: string, options?: RequestOptions): Promise<Operation> {
    return this.#json(path`/operations/${id}`, options);
  }

  listServices(
    query: { meshId: string; search?: string; limit?: number; cursor?: string },
    options?: RequestOptions,
  ): Promise<Page<ServiceSummary>> {
    const { meshId, ...rest } = query;
    return this.#json(path`/meshes/${meshId}/services`, {
      ...options,
      query: rest,
    });
  }

  async getTopology(
    service: { meshId: string; namespace: string; name: string },
    options?: RequestOptions,
  ): Promise<ServiceTopology> {
    const route = path`/meshes/${service.meshId}/services/${service.namespace}/${service.name}/topology`;
    const known = this.#topologies.get(route);
    const response = await this.#request(route, {
      ...options,
      headers: known && { 'if-none-match': known.etag },
    });
    if (known && response.status === 304) {
      return known.value;
    }
    await throwUnlessOk(response);
    const value: ServiceTopology = await response.json();
    const etag = response.headers.get('etag');
    this.#topologies.delete(route);
    if (etag) {
      this.#topologies.set(route, { etag, value });
      if (this.#topologies.size > TOPOLOGY_CACHE_SIZE) {
        this.#topologies.delete(this.#topologies.keys().next().value!);
      }
    }
    return value;
  }

  preview(request: PreviewRequest, options?: RequestOptions): Promise<Preview> {
    return this.#json('/previews', {
      ...options,
      method: 'POST',
      body: request,
    });
  }

  createChange(
    request: CreateChangeRequest,
    options?: RequestOptions,
  ): Promise<Change> {
    return this.#json('/changes', {
      ...options,
      method: 'POST',
      body: request,
    });
  }

  getChange(id: string, options?: RequestOptions): Promise<Change> {
    return this.#json(path`/changes/${id}`, options);
  }

  exportChange(id: string, options?: RequestOptions): Promise<ChangeExport> {
    return this.#json(path`/changes/${id}/export`, options);
  }

  listChanges(
    query: {
      meshId?: string;
      namespace?: string;
      name?: string;
      status?: ChangeStatus;
      limit?: number;
      cursor?: string;
    },
    options?: RequestOptions,
  ): Promise<Page<Change>> {
    const { meshId, ...rest } = query;
    return this.#json('/changes', {
      ...options,
      query: { mesh: meshId, ...rest },
    });
  }

  approveChange(id: string, options?: RequestOptions): Promise<Change> {
    return this.#json(path`/changes/${id}/approve`, {
      ...options,
      method: 'POST',
    });
  }

  rejectChange(
    id: string,
    reason: string,
    options?: RequestOptions,
  ): Promise<Change> {
    return this.#json(path`/changes/${id}/reject`, {
      ...options,
      method: 'POST',
      body: { reason },
    });
  }

  rollbackChange(
    id: string,
    request: string | RollbackRequest,
    options?: RequestOptions,
  ): Promise<Change> {
    return this.#json(path`/changes/${id}/rollback`, {
      ...options,
      method: 'POST',
      body: typeof request === 'string' ? { reason: request } : request,
    });
  }

  verifyTraffic(
    request: VerificationRequest,
    options?: RequestOptions,
  ): Promise<VerificationResult> {
    return this.#json('/verifications', {
      ...options,
      method: 'POST',
      body: request,
    });
  }

  async listEnvironments(options?: RequestOptions): Promise<Environment[]> {
    const page = await this.#json<{ items: Environment[] }>(
      '/environments',
      options,
    );
    return page.items;
  }

  getEnvironment(
    name: string,
    options?: RequestOptions,
  ): Promise<EnvironmentDetail> {
    return this.#json(path`/environments/${name}`, options);
  }

  putEnvironment(
    name: string,
    request: PutEnvironmentRequest,
    options?: RequestOptions,
  ): Promise<Environment> {
    return this.#json(path`/environments/${name}`, {
      ...options,
      method: 'PUT',
      body: request,
    });
  }

  async forgetEnvironment(
    name: string,
    options?: RequestOptions,
  ): Promise<void> {
    await throwUnlessOk(
      await this.#request(path`/environments/${name}`, {
        ...options,
        method: 'DELETE',
      }),
    );
  }

  previewEnvironment(
    spec: Record<string, unknown>,
    options?: RequestOptions,
  ): Promise<EnvironmentPreview> {
    return this.#json('/environment-previews', {
      ...options,
      method: 'POST',
      body: { spec },
    });
  }

  async listVpcs(
    query: { region: string; account?: string },
    options?: RequestOptions,
  ): Promise<CloudVpc[]> {
    const page = await this.#json<{ items: CloudVpc[] }>('/vpcs', {
      ...options,
      query,
    });
    return page.items;
  }

  checkDrift(
    name: string,
    options?: RequestOptions,
  ): Promise<EnvironmentDrift> {
    return this.#json(path`/environments/${name}/drift`, {
      ...options,
      method: 'POST',
    });
  }

  createGrant(
    request: CreateGrantRequest,
    options?: RequestOptions,
  ): Promise<Grant> {
    return this.#json('/grants', { ...options, method: 'POST', body: request });
  }

  redeemGrant(
    id: string,
    use: { operation: GrantOperation; environment: string },
    options?: RequestOptions,
  ): Promise<Grant> {
    return this.#json(path`/grants/${id}/redeem`, {
      ...options,
      method: 'POST',
      body: use,
    });
  }

  async listGrants(options?: RequestOptions): Promise<Grant[]> {
    const page = await this.#json<{ items: Grant[] }>('/grants', options);
    return page.items;
  }

  revokeGrant(id: string, options?: RequestOptions): Promise<Grant> {
    return this.#json(path`/grants/${id}`, { ...options, method: 'DELETE' });
  }

  async #json<T>(route: string, call?: Call): Promise<T> {
    const response = await this.#request(route, call);
    await throwUnlessOk(response);
    return (await response.json()) as T;
  }

  async #request(route: string, call: Call = {}): Promise<Response> {
    const base = await this.#discoveryApi.getBaseUrl('mesh-dr');
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined && value !== '') {
        query.set(key, String(value));
      }
    }
    const suffix = query.toString() ? `?${query}` : '';
    const headers: Record<string, string> = { ...call.headers };
    if (call.token) {
      headers.authorization = `Bearer ${call.token}`;
    }
    if (call.grant) {
      headers[GRANT_HEADER] = call.grant;
    }
    if (call.body !== undefined) {
      headers['content-type'] = 'application/json';
    }
    return this.#fetch(`${base}/v1${route}${suffix}`, {
      method: call.method ?? 'GET',
      headers,
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      signal: call.signal,
    });
  }
}

async function throwUnlessOk(response: Response): Promise<void> {
  if (!response.ok) {
    throw await ResponseError.fromResponse(response);
  }
}

function path(strings: TemplateStringsArray, ...values: string[]): string {
  return strings.reduce(
    (text, part, i) =>
      text + part + (i < values.length ? encodeURIComponent(values[i]) : ''),
    '',
  );
}
