import type {
  BreakGlassBundle,
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
  EnvironmentRemoval,
  Grant,
  GrantOperation,
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

/** Per-call options, as in Backstage's catalog client. */
export interface RequestOptions {
  /** Bearer token; the frontend's fetchApi adds its own. */
  token?: string;
  /** Operation grant redeemed with this call (service principals only). */
  grant?: string;
  /**
   * ETag of the change, shift or environment that the caller has seen (`etagOf`): approving, rejecting, rolling back,
   * aborting, replacing and forgetting then fail with 412 when it was changed since, and the error's `cause.current` is what it is now.
   */
  ifMatch?: string;
  signal?: AbortSignal;
}

/** The mesh-dr REST API, typed. Errors are `@backstage/errors` ResponseErrors carrying the server's message. */
export interface MeshDrApi {
  /** For `ifMatch`: the ETag with which the server sent this very object; a copy of it has none. */
  etagOf(resource: object): string | undefined;
  listMeshes(options?: RequestOptions): Promise<MeshSummary[]>;
  /** `mesh` is an id or a name. */
  getMesh(mesh: string, options?: RequestOptions): Promise<MeshSummary>;
  getNetwork(meshId: string, options?: RequestOptions): Promise<NetworkMap>;
  listCandidates(
    meshId: string,
    options?: RequestOptions,
  ): Promise<CandidateCluster[]>;

  preflight(
    meshId: string,
    clusterId: string,
    options?: RequestOptions,
  ): Promise<PreflightReport>;
  /** Applies the fix of a check that has a `repair`; does nothing where the check passes meanwhile. */
  repair(
    meshId: string,
    clusterId: string,
    request: RepairRequest,
    options?: RequestOptions,
  ): Promise<RepairResult>;
  /** Starts joining; follow with `getOperation`. Idempotent while an operation for the pair is running. */
  joinCluster(
    meshId: string,
    clusterId: string,
    options?: RequestOptions,
  ): Promise<Operation>;
  /** Which services would lose their last other region, or their only one. */
  previewLeave(
    meshId: string,
    clusterId: string,
    options?: RequestOptions,
  ): Promise<LeavePreview>;
  leaveMesh(
    meshId: string,
    clusterId: string,
    options?: RequestOptions,
  ): Promise<Operation>;
  getOperation(id: string, options?: RequestOptions): Promise<Operation>;
  /** Ends a running operation; ASM takes nothing back that it was asked for already. */
  cancelOperation(id: string, options?: RequestOptions): Promise<Operation>;

  listServices(
    query: { meshId: string; search?: string; limit?: number; cursor?: string },
    options?: RequestOptions,
  ): Promise<Page<ServiceSummary>>;
  getTopology(
    service: { meshId: string; namespace: string; name: string },
    options?: RequestOptions,
  ): Promise<ServiceTopology>;

  preview(request: PreviewRequest, options?: RequestOptions): Promise<Preview>;
  /** What would happen to the calls through a mesh; touches nothing. */
  simulate(
    mesh: string,
    request: SimulationRequest,
    options?: RequestOptions,
  ): Promise<SimulationResult>;
  /** Creates the change and applies it, unless policy asks for approval first (`pending-approval`). */
  createChange(
    request: CreateChangeRequest,
    options?: RequestOptions,
  ): Promise<Change>;
  getChange(id: string, options?: RequestOptions): Promise<Change>;
  /** What a change does, to review in a repository or to carry out without the portal. */
  exportChange(id: string, options?: RequestOptions): Promise<ChangeExport>;
  listChanges(
    query: {
      meshId?: string;
      namespace?: string;
      name?: string;
      /** With a service: changes of the whole mesh, too, since they concern it. */
      meshWide?: boolean;
      status?: ChangeStatus;
      limit?: number;
      cursor?: string;
    },
    options?: RequestOptions,
  ): Promise<Page<Change>>;
  approveChange(id: string, options?: RequestOptions): Promise<Change>;
  rejectChange(
    id: string,
    reason: string,
    options?: RequestOptions,
  ): Promise<Change>;
  /** Takes the reason alone, or with the guardrails to set aside. */
  rollbackChange(
    id: string,
    request: string | RollbackRequest,
    options?: RequestOptions,
  ): Promise<Change>;

  /** Starts shifting a service's calls from one region to another in steps. */
  createShift(
    request: CreateShiftRequest,
    options?: RequestOptions,
  ): Promise<Shift>;
  getShift(id: string, options?: RequestOptions): Promise<Shift>;
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
  ): Promise<Page<Shift>>;
  /** Keeps a running shift at the step it has reached; the target region is still watched. */
  pauseShift(
    id: string,
    reason: string,
    options?: RequestOptions,
  ): Promise<Shift>;
  /** Lets a paused shift take its next step, at once when the step it stands at was held long enough. */
  resumeShift(
    id: string,
    reason: string,
    options?: RequestOptions,
  ): Promise<Shift>;
  /** Goes back to the rule before the shift. */
  abortShift(
    id: string,
    reason: string,
    options?: RequestOptions,
  ): Promise<Shift>;

  /** To be downloaded in advance: what to do when the portal is gone. */
  getBreakGlassBundle(
    service: { meshId: string; namespace: string; name: string },
    options?: RequestOptions,
  ): Promise<BreakGlassBundle>;

  verifyTraffic(
    request: VerificationRequest,
    options?: RequestOptions,
  ): Promise<VerificationResult>;

  listEnvironments(options?: RequestOptions): Promise<Environment[]>;
  getEnvironment(
    name: string,
    options?: RequestOptions,
  ): Promise<EnvironmentDetail>;
  /** What a template made or is about to make; needs the right to provision, or a grant for it. */
  putEnvironment(
    name: string,
    request: PutEnvironmentRequest,
    options?: RequestOptions,
  ): Promise<Environment>;
  /** Forgets an environment that is gone; needs the right to destroy, or a grant for it. */
  forgetEnvironment(name: string, options?: RequestOptions): Promise<void>;
  /** Plans an environment without making anything; needs the right to provision. */
  previewEnvironment(
    spec: Record<string, unknown>,
    options?: RequestOptions,
  ): Promise<EnvironmentPreview>;
  /** What removing an environment would take away; needs the right to destroy. */
  planRemoval(
    query: { name: string; account?: string },
    options?: RequestOptions,
  ): Promise<EnvironmentRemoval>;
  /** VPCs of a region that a plan could adopt. */
  listVpcs(
    query: { region: string; account?: string },
    options?: RequestOptions,
  ): Promise<CloudVpc[]>;
  /** Compares an environment with the cloud now. */
  checkDrift(name: string, options?: RequestOptions): Promise<EnvironmentDrift>;

  createGrant(
    request: CreateGrantRequest,
    options?: RequestOptions,
  ): Promise<Grant>;
  /** Service principals: throws NotAllowedError unless the grant covers the operation now. */
  redeemGrant(
    id: string,
    use: { operation: GrantOperation; environment: string },
    options?: RequestOptions,
  ): Promise<Grant>;
  listGrants(options?: RequestOptions): Promise<Grant[]>;
  revokeGrant(id: string, options?: RequestOptions): Promise<Grant>;
}

/*
 * Routes (all below /api/mesh-dr):
 *   GET    /v1/meshes                                         → { items: MeshSummary[] }
 *   GET    /v1/meshes/:mesh
 *   GET    /v1/meshes/:mesh/network
 *   GET    /v1/meshes/:mesh/candidates                        → { items }
 *   POST   /v1/meshes/:mesh/clusters/:clusterId/preflight
 *   POST   /v1/meshes/:mesh/clusters/:clusterId/join          → 202 Operation
 *   POST   /v1/meshes/:mesh/clusters/:clusterId/leave         → 202 Operation
 *   GET    /v1/operations/:id
 *   GET    /v1/meshes/:mesh/services?search&limit&cursor      → Page<ServiceSummary>
 *   GET    /v1/meshes/:mesh/services/:namespace/:name/topology (ETag, If-None-Match → 304)
 *   POST   /v1/previews                                       → Preview
 *   POST   /v1/changes                                        → 201 Change
 *   GET    /v1/changes?mesh&namespace&name&meshWide&status&limit&cursor → Page<Change>
 *   GET    /v1/changes/:id
 *   POST   /v1/changes/:id/approve | /reject | /rollback
 *   GET    /v1/meshes/:mesh/services/:namespace/:name/break-glass → BreakGlassBundle
 *   GET    /v1/audit?mesh&since&until&format                  → NDJSON or CSV
 *   POST   /v1/shifts → 201 · GET /v1/shifts?mesh&namespace&name&status&limit&cursor · GET /v1/shifts/:id
 *   POST   /v1/shifts/:id/{pause|resume|abort}                → Shift
 *   POST   /v1/verifications                                  → VerificationResult
 *   POST   /v1/environment-previews                           → EnvironmentPreview
 *   GET    /v1/vpcs?region&account                            → { items: CloudVpc[] }
 *   GET    /v1/environments                                   → { items: Environment[] }
 *   GET | PUT | DELETE /v1/environments/:name
 *   GET    /v1/environments/:name/removal?account             → EnvironmentRemoval
 *   POST   /v1/environments/:name/drift                       → EnvironmentDrift
 *   POST   /v1/grants → 201 · GET /v1/grants · POST /v1/grants/:id/redeem · DELETE /v1/grants/:id
 *   GET    /openapi.yaml
 * A grant travels in the header `x-mesh-dr-grant`.
 */
export const GRANT_HEADER = 'x-mesh-dr-grant';
