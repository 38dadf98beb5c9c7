import type { KindTable } from '../kinds';
import { deploymentController } from './deployment';
import { endpointsController } from './endpoints';
import { garbageCollector } from './garbage';
import { jobController } from './job';
import { kubeletController } from './kubelet';
import type { Controller, ControllerContext } from './manager';
import { namespaceController } from './namespace';
import { nodeController } from './node';
import { replicaSetController } from './replicaset';
import { schedulerController } from './scheduler';

/** The control loops of a cluster; a mesh's control plane has no workloads to look after. */
export function createControllers(
  ctx: ControllerContext,
  kinds: KindTable,
  caCert: string,
): Controller[] {
  const common = [
    garbageCollector(ctx, kinds),
    namespaceController(ctx, kinds, caCert),
  ];
  if (ctx.spec.kind === 'asm') return common;
  return [
    ...common,
    nodeController(ctx),
    deploymentController(ctx),
    replicaSetController(ctx),
    schedulerController(ctx),
    kubeletController(ctx),
    endpointsController(ctx),
    jobController(ctx),
  ];
}
