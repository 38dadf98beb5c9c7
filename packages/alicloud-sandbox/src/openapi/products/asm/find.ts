import { Cloud, data, find, nowIso } from '../../cloud';
import { ApiError } from '../../errors';
import type { Mesh } from '../../model';

/** The newest this many log lines are kept for each mesh. */
const LOGS_KEPT = 100;

/** @throws ApiError `ServiceMesh.NotFound`, 404. */
export function findMesh(cloud: Cloud, id: string): Mesh {
  return find(data(cloud).meshes, id, 'ServiceMesh.NotFound', 'service mesh');
}

/** @throws ApiError `StillInitializing` unless it is running. */
export function runningMesh(cloud: Cloud, id: string): Mesh {
  const mesh = findMesh(cloud, id);
  if (mesh.state !== 'running') {
    throw new ApiError(
      'StillInitializing',
      `The service mesh ${id} is ${mesh.state}, not running. Wait until DescribeServiceMeshDetail says that it is running.`,
    );
  }
  return mesh;
}

/** Adds a line to what DescribeServiceMeshLogs shows. */
export function addMeshLog(cloud: Cloud, mesh: Mesh, text: string): void {
  const lines = [...(mesh.logs ?? []), { time: nowIso(cloud), text }];
  mesh.logs = lines.slice(-LOGS_KEPT);
  mesh.updateTime = nowIso(cloud);
}
