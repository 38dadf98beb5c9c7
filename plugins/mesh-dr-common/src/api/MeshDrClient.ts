import type { MeshDrApi, RequestOptions } from './MeshDrApi';
import {
  path,
  RestClient,
  throwUnlessOk,
  type RestClientOptions,
} from './RestClient';
import type {
  CandidateCluster,
  Change,
  ChangeExport,
  ChangeStatus,
  CreateChangeRequest,
  CreateGrantRequest,
  CreateShiftRequest,
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
  SimulationRequest,
  SimulationResult,
  ServiceTopology,
  Shift,
  ShiftStatus,
  VerificationRequest,
  VerificationResult,
} from './types';

type Items<T> = { items: T[] };

/** How many topologies the client remembers for conditional requests. */
const TOPOLOGY_CACHE_SIZE = 200;

/**
 * Typed client of the mesh-dr REST API for frontend, backend modules and other plugins. Every failed reply is thrown as
 * `ResponseError` with the server's message; network failures pass through as fetch throws them.
 */
export class MeshDrClient implements MeshDrApi {
  readonly #rest: RestClient;
  readonly #topologies = new Map<
    string,
    { etag: string; value: ServiceTopology }
  >();

  constructor(options: RestClientOptions) {
    this.#rest = new RestClient(options);
  }

  async listMeshes(options?: RequestOptions): Promise<MeshSummary[]> {
    return (await this.#rest.json<Items<MeshSummary>>('/meshes', options))
      .items;
  }

  getMesh(mesh: string, options?: RequestOptions): Promise<MeshSummary> {
    return this.#rest.json(path`/meshes/${mesh}`, options);
  }

  getNetwork(meshId: string, options?: RequestOptions): Promise<NetworkMap> {
    return this.#rest.json(path`/meshes/${meshId}/network`, options);
  }

  async listCandidates(
    meshId: string,
    options?: RequestOptions,
  ): Promise<CandidateCluster[]> {
    const page = await this.#rest.json<Items<CandidateCluster>>(
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
    return this.#rest.json(
      path`/meshes/${meshId}/clusters/${clusterId}/preflight`,
      {
        ...options,
        method: 'POST',
      },
    );
  }

  joinCluster(
    meshId: string,
    clusterId: string,
    options?: RequestOptions,
  ): Promise<Operation> {
    return this.#rest.json(path`/meshes/${meshId}/clusters/${clusterId}/join`, {
      ...options,
      method: 'POST',
    });
  }

  leaveMesh(
    meshId: string,
    clusterId: string,
    options?: RequestOptions,
  ): Promise<Operation> {
    return this.#rest.json(
      path`/meshes/${meshId}/clusters/${clusterId}/leave`,
      {
        ...options,
        method: 'POST',
      },
    );
  }

  getOperation(id: string, options?: RequestOptions): Promise<Operation> {
    return this.#rest.json(path`/operations/${id}`, options);
  }

  listServices(
    query: { meshId: string; search?: string; limit?: number; cursor?: string },
    options?: RequestOptions,
  ): Promise<Page<ServiceSummary>> {
    const { meshId, ...rest } = query;
    return this.#rest.json(path`/meshes/${meshId}/services`, {
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
    const response = await this.#rest.request(route, {
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
    return this.#rest.json('/previews', {
      ...options,
      method: 'POST',
      body: request,
    });
  }

  simulate(
    mesh: string,
    request: SimulationRequest,
    options?: RequestOptions,
  ): Promise<SimulationResult> {
    return this.#rest.json(path`/meshes/${mesh}/simulations`, {
      ...options,
      method: 'POST',
      body: request,
    });
  }

  createChange(
    request: CreateChangeRequest,
    options?: RequestOptions,
  ): Promise<Change> {
    return this.#rest.json('/changes', {
      ...options,
      method: 'POST',
      body: request,
    });
  }

  getChange(id: string, options?: RequestOptions): Promise<Change> {
    return this.#rest.json(path`/changes/${id}`, options);
  }

  exportChange(id: string, options?: RequestOptions): Promise<ChangeExport> {
    return this.#rest.json(path`/changes/${id}/export`, options);
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
    return this.#rest.json('/changes', {
      ...options,
      query: { mesh: meshId, ...rest },
    });
  }

  approveChange(id: string, options?: RequestOptions): Promise<Change> {
    return this.#rest.json(path`/changes/${id}/approve`, {
      ...options,
      method: 'POST',
    });
  }

  rejectChange(
    id: string,
    reason: string,
    options?: RequestOptions,
  ): Promise<Change> {
    return this.#rest.json(path`/changes/${id}/reject`, {
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
    return this.#rest.json(path`/changes/${id}/rollback`, {
      ...options,
      method: 'POST',
      body: typeof request === 'string' ? { reason: request } : request,
    });
  }

  createShift(
    request: CreateShiftRequest,
    options?: RequestOptions,
  ): Promise<Shift> {
    return this.#rest.json('/shifts', {
      ...options,
      method: 'POST',
      body: request,
    });
  }

  getShift(id: string, options?: RequestOptions): Promise<Shift> {
    return this.#rest.json(path`/shifts/${id}`, options);
  }

  listShifts(
    query: {
      meshId?: string;
      namespace?: string;
      name?: string;
      status?: ShiftStatus;
      limit?: number;
      cursor?: string;
    },
    options?: RequestOptions,
  ): Promise<Page<Shift>> {
    const { meshId, ...rest } = query;
    return this.#rest.json('/shifts', {
      ...options,
      query: { mesh: meshId, ...rest },
    });
  }

  abortShift(
    id: string,
    reason: string,
    options?: RequestOptions,
  ): Promise<Shift> {
    return this.#rest.json(path`/shifts/${id}/abort`, {
      ...options,
      method: 'POST',
      body: { reason },
    });
  }

  verifyTraffic(
    request: VerificationRequest,
    options?: RequestOptions,
  ): Promise<VerificationResult> {
    return this.#rest.json('/verifications', {
      ...options,
      method: 'POST',
      body: request,
    });
  }

  async listEnvironments(options?: RequestOptions): Promise<Environment[]> {
    const page = await this.#rest.json<Items<Environment>>(
      '/environments',
      options,
    );
    return page.items;
  }

  getEnvironment(
    name: string,
    options?: RequestOptions,
  ): Promise<EnvironmentDetail> {
    return this.#rest.json(path`/environments/${name}`, options);
  }

  putEnvironment(
    name: string,
    request: PutEnvironmentRequest,
    options?: RequestOptions,
  ): Promise<Environment> {
    return this.#rest.json(path`/environments/${name}`, {
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
      await this.#rest.request(path`/environments/${name}`, {
        ...options,
        method: 'DELETE',
      }),
    );
  }

  previewEnvironment(
    spec: Record<string, unknown>,
    options?: RequestOptions,
  ): Promise<EnvironmentPreview> {
    return this.#rest.json('/environment-previews', {
      ...options,
      method: 'POST',
      body: { spec },
    });
  }

  async listVpcs(
    query: { region: string; account?: string },
    options?: RequestOptions,
  ): Promise<CloudVpc[]> {
    const page = await this.#rest.json<Items<CloudVpc>>('/vpcs', {
      ...options,
      query,
    });
    return page.items;
  }

  checkDrift(
    name: string,
    options?: RequestOptions,
  ): Promise<EnvironmentDrift> {
    return this.#rest.json(path`/environments/${name}/drift`, {
      ...options,
      method: 'POST',
    });
  }

  createGrant(
    body: CreateGrantRequest,
    options?: RequestOptions,
  ): Promise<Grant> {
    return this.#rest.json('/grants', { ...options, method: 'POST', body });
  }

  redeemGrant(
    id: string,
    use: { operation: GrantOperation; environment: string },
    options?: RequestOptions,
  ): Promise<Grant> {
    return this.#rest.json(path`/grants/${id}/redeem`, {
      ...options,
      method: 'POST',
      body: use,
    });
  }

  async listGrants(options?: RequestOptions): Promise<Grant[]> {
    const page = await this.#rest.json<Items<Grant>>('/grants', options);
    return page.items;
  }

  revokeGrant(id: string, options?: RequestOptions): Promise<Grant> {
    return this.#rest.json(path`/grants/${id}`, {
      ...options,
      method: 'DELETE',
    });
  }
}
