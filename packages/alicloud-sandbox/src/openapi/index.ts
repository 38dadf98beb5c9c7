import type {
  CloudView,
  ControlApi,
  KubeFleet,
  Persistence,
  SandboxClock,
  SandboxLog,
} from '../contract';
import type { Outages } from '../faults/outages';
import { createReachability } from '../network/reachability';
import type { SeededSource } from '../random';
import type { Cloud, FlannelRoutes } from './cloud';
import { withIds } from './ids';
import { inventory } from './inventory';
import { addOutageRoutes } from './outage';
import { addPermissionRoutes } from './permissions';
import type { RoaProduct, RpcProduct } from './operation';
import {
  ackProduct,
  handleClusterTransitions,
  openApiServer,
} from './products/ack';
import {
  asmProduct,
  handleMeshProductTransitions,
  openMeshApiServer,
} from './products/asm';
import { cenProduct, handleCenProductTransitions } from './products/cen';
import { ecsProduct } from './products/ecs';
import { stsProduct } from './products/sts';
import { handleVpcProductTransitions, vpcProduct } from './products/vpc';
import { CloudStore } from './store';
import { createTransitions } from './transitions';
import { createCloudView } from './view';

export const RPC_PRODUCTS: RpcProduct[] = [
  vpcProduct,
  cenProduct,
  ecsProduct,
  asmProduct,
  stsProduct,
];

export const ROA_PRODUCT: RoaProduct = ackProduct;

/** The cloud floor: resources, their state changes and the network between them. */
export interface CloudFloor {
  readonly cloud: Cloud;
  readonly view: CloudView;
  readonly outages: Outages;
  /** Reopens API servers of an earlier process and goes on with what was pending. */
  resume(): Promise<void>;
  /** Deletes everything at once. */
  reset(): Promise<void>;
  /** Waits for a state change that is under way. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export function createCloudFloor(options: {
  clock: SandboxClock;
  persistence: Persistence;
  log: SandboxLog;
  control: ControlApi;
  kube: KubeFleet;
  /** Where ids come from. */
  ids: SeededSource;
  accountId: number;
  flannelRoutes: FlannelRoutes;
}): CloudFloor {
  const { clock, persistence, log, control, kube, ids } = options;
  const { accountId, flannelRoutes } = options;
  const store = new CloudStore(persistence, log, clock.elapsed);
  const transitions = createTransitions({
    clock,
    persistence,
    log,
    commit: () => store.commit(),
    within: work => withIds(ids, work),
  });
  store.commitWith(() => transitions.unsaved());
  const cloud: Cloud = {
    store,
    clock,
    transitions,
    kube,
    log,
    ids,
    accountId,
    flannelRoutes,
    reach: createReachability(store, flannelRoutes),
  };
  handleVpcProductTransitions(cloud);
  handleCenProductTransitions(cloud);
  handleClusterTransitions(cloud);
  handleMeshProductTransitions(cloud);

  const reset = async () => {
    transitions.clear();
    await transitions.idle();
    for (const { spec } of kube.list()) await kube.destroy(spec.id);
    store.reset();
  };

  control.route('GET', '/inventory', () => ({ resources: inventory(cloud) }));
  control.route('POST', '/reset', async () => {
    await reset();
    return { status: 'ok' };
  });
  control.route('POST', '/reach', ({ body }) =>
    cloud.reach(body.from, body.to, Number(body.port ?? 0)),
  );
  const outages = addOutageRoutes(cloud, control);
  addPermissionRoutes(cloud, control);

  return {
    cloud,
    outages,
    view: createCloudView(cloud),
    async resume() {
      for (const cluster of Object.values(store.data.clusters)) {
        if (cluster.apiServerUp) await openApiServer(cloud, cluster);
      }
      for (const mesh of Object.values(store.data.meshes)) {
        if (mesh.apiServerUp) await openMeshApiServer(cloud, mesh);
      }
      transitions.resume();
      store.commit();
    },
    reset,
    settled: () => transitions.idle(),
    stop: () => transitions.idle(),
  };
}
