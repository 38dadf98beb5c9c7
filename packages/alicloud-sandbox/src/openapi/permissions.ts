import type { ControlApi } from '../contract';
import { ControlError } from '../control';
import { Cloud, data } from './cloud';

/**
 * `POST /faults/cluster-admin` with `{clusterId, granted}`: takes the account's administrator role inside a cluster, or gives
 * it back, as somebody else could in the console. ASM then refuses the cluster (`ForbiddenFlag` 1).
 */
export function addPermissionRoutes(cloud: Cloud, control: ControlApi): void {
  control.route('POST', '/faults/cluster-admin', ({ body }) => {
    const { clusterId, granted } = body ?? {};
    const cluster = data(cloud).clusters[clusterId];
    if (!cluster) {
      throw new ControlError(404, `There is no cluster ${clusterId}`);
    }
    if (typeof granted !== 'boolean') {
      throw new ControlError(
        400,
        `granted must be true or false, not ${JSON.stringify(granted)}`,
      );
    }
    cluster.adminRevoked = !granted;
    cloud.store.commit();
  });
}
