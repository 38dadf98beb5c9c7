import { EnvironmentClient } from './EnvironmentClient';
import type { MeshDrApi, RequestOptions } from './MeshDrApi';
import { path, type Items } from './RestClient';
import type {
  BreakGlassBundle,
  CandidateCluster,
  Change,
  ChangeExport,
  ChangeStatus,
  CreateChangeRequest,
  CreateShiftRequest,
  LeavePreview,
  MeshSummary,
  NetworkMap,
  Operation,
  Page,
  PreflightReport,
  Preview,
  PreviewRequest,
  RepairRequest,
  RepairResult,
  RollbackRequest,
  ServiceSummary,
  ServiceTopology,
  Shift,
  ShiftStatus,
  SimulationRequest,
  SimulationResult,
  VerificationRequest,
  VerificationResult,
} from './types';

/**
 * Typed client of the mesh-dr REST API for frontend, backend modules and other plugins. Every failed reply is thrown as
 * `ResponseError` with the server's message; network failures pass through as fetch throws them.
 */
export class MeshDrClient extends EnvironmentClient implements MeshDrApi {
  async listMeshes(options?: RequestOptions): Promise<MeshSummary[]> {
    return (await this.rest.json<Items<MeshSummary>>('/meshes', options)).items;
  }

  getMesh(mesh: string, options?: RequestOptions): Promise<MeshSummary> {
    return this.rest.json(path`/meshes/${mesh}`, options);
  }

  getNetwork(meshId: string, options?: RequestOptions): Promise<NetworkMap> {
    return this.rest.json(path`/meshes/${meshId}/network`, options);
  }

  async listCandidates(
    meshId: string,
    options?: RequestOptions,
  ): Promise<CandidateCluster[]> {
    const page = await this.rest.json<Items<CandidateCluster>>(
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
    return this.rest.json(
      path`/meshes/${meshId}/clusters/${clusterId}/preflight`,
      {
        ...options,
        method: 'POST',
      },
    );
  }

  repair(
    meshId: string,
    clusterId: string,
    request: RepairRequest,
    options?: RequestOptions,
  ): Promise<RepairResult> {
    return this.rest.json(path`/meshes/${meshId}/clusters/${clusterId}/fixes`, {
      ...options,
      method: 'POST',
      body: request,
    });
  }

  joinCluster(
    meshId: string,
    clusterId: string,
    options?: RequestOptions,
  ): Promise<Operation> {
    return this.rest.json(path`/meshes/${meshId}/clusters/${clusterId}/join`, {
      ...options,
      method: 'POST',
    });
  }

  previewLeave(
    meshId: string,
    clusterId: string,
    options?: RequestOptions,
  ): Promise<LeavePreview> {
    return this.rest.json(
      path`/meshes/${meshId}/clusters/${clusterId}/leave-preview`,
      options,
    );
  }

  leaveMesh(
    meshId: string,
    clusterId: string,
    options?: RequestOptions,
  ): Promise<Operation> {
    return this.rest.json(path`/meshes/${meshId}/clusters/${clusterId}/leave`, {
      ...options,
      method: 'POST',
    });
  }

  getOperation(id: string, options?: RequestOptions): Promise<Operation> {
    return this.rest.json(path`/operations/${id}`, options);
  }

  cancelOperation(id: string, options?: RequestOptions): Promise<Operation> {
    return this.rest.json(path`/operations/${id}/cancel`, {
      ...options,
      method: 'POST',
    });
  }

  listServices(
    query: { meshId: string; search?: string; limit?: number; cursor?: string },
    options?: RequestOptions,
  ): Promise<Page<ServiceSummary>> {
    const { meshId, ...rest } = query;
    return this.rest.json(path`/meshes/${meshId}/services`, {
      ...options,
      query: rest,
    });
  }

  getTopology(
    service: { meshId: string; namespace: string; name: string },
    options?: RequestOptions,
  ): Promise<ServiceTopology> {
    const route = path`/meshes/${service.meshId}/services/${service.namespace}/${service.name}/topology`;
    return this.rest.conditional(route, options);
  }

  preview(request: PreviewRequest, options?: RequestOptions): Promise<Preview> {
    return this.rest.json('/previews', {
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
    return this.rest.json(path`/meshes/${mesh}/simulations`, {
      ...options,
      method: 'POST',
      body: request,
    });
  }

  createChange(
    request: CreateChangeRequest,
    options?: RequestOptions,
  ): Promise<Change> {
    return this.rest.json('/changes', {
      ...options,
      method: 'POST',
      body: request,
    });
  }

  getChange(id: string, options?: RequestOptions): Promise<Change> {
    return this.rest.conditional(path`/changes/${id}`, options);
  }

  exportChange(id: string, options?: RequestOptions): Promise<ChangeExport> {
    return this.rest.json(path`/changes/${id}/export`, options);
  }

  listChanges(
    query: {
      meshId?: string;
      namespace?: string;
      name?: string;
      meshWide?: boolean;
      status?: ChangeStatus;
      limit?: number;
      cursor?: string;
    },
    options?: RequestOptions,
  ): Promise<Page<Change>> {
    const { meshId, meshWide, ...rest } = query;
    return this.rest.json('/changes', {
      ...options,
      query: { mesh: meshId, ...(meshWide && { meshWide: 'true' }), ...rest },
    });
  }

  approveChange(id: string, options?: RequestOptions): Promise<Change> {
    return this.rest.json(path`/changes/${id}/approve`, {
      ...options,
      method: 'POST',
    });
  }

  rejectChange(
    id: string,
    reason: string,
    options?: RequestOptions,
  ): Promise<Change> {
    return this.rest.json(path`/changes/${id}/reject`, {
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
    return this.rest.json(path`/changes/${id}/rollback`, {
      ...options,
      method: 'POST',
      body: typeof request === 'string' ? { reason: request } : request,
    });
  }

  createShift(
    request: CreateShiftRequest,
    options?: RequestOptions,
  ): Promise<Shift> {
    return this.rest.json('/shifts', {
      ...options,
      method: 'POST',
      body: request,
    });
  }

  getShift(id: string, options?: RequestOptions): Promise<Shift> {
    return this.rest.conditional(path`/shifts/${id}`, options);
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
    return this.rest.json('/shifts', {
      ...options,
      query: { mesh: meshId, ...rest },
    });
  }

  pauseShift(
    id: string,
    reason: string,
    options?: RequestOptions,
  ): Promise<Shift> {
    return this.rest.json(path`/shifts/${id}/pause`, {
      ...options,
      method: 'POST',
      body: { reason },
    });
  }

  resumeShift(
    id: string,
    reason: string,
    options?: RequestOptions,
  ): Promise<Shift> {
    return this.rest.json(path`/shifts/${id}/resume`, {
      ...options,
      method: 'POST',
      body: { reason },
    });
  }

  abortShift(
    id: string,
    reason: string,
    options?: RequestOptions,
  ): Promise<Shift> {
    return this.rest.json(path`/shifts/${id}/abort`, {
      ...options,
      method: 'POST',
      body: { reason },
    });
  }

  getBreakGlassBundle(
    service: { meshId: string; namespace: string; name: string },
    options?: RequestOptions,
  ): Promise<BreakGlassBundle> {
    const { meshId, namespace, name } = service;
    return this.rest.json(
      path`/meshes/${meshId}/services/${namespace}/${name}/break-glass`,
      options,
    );
  }

  verifyTraffic(
    request: VerificationRequest,
    options?: RequestOptions,
  ): Promise<VerificationResult> {
    return this.rest.json('/verifications', {
      ...options,
      method: 'POST',
      body: request,
    });
  }
}
