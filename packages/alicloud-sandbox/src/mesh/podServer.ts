import { appOf } from './apps';
import type { DataPlane } from './dataPlane';
import { isGatewayPod, type GatewayServer } from './gateway';
import type { PodServer } from './network';
import type { PodView } from './types';

/** More processes than this are not remembered: the oldest forget what was posted to them. */
const REMEMBERED_PROCESSES = 1000;

/** What listens inside pods: gateways by their Gateway servers, programs by their image. */
export function createPodServer(
  dataPlane: DataPlane,
  gateway: GatewayServer,
): PodServer {
  const memories = new Map<string, Map<string, unknown>>();
  const memoryOf = ({ uid }: PodView) => {
    const memory = memories.get(uid) ?? new Map<string, unknown>();
    memories.set(uid, memory);
    if (memories.size > REMEMBERED_PROCESSES) {
      memories.delete(memories.keys().next().value!);
    }
    return memory;
  };
  return {
    listens: (pod, port) =>
      isGatewayPod(pod)
        ? gateway.listens(pod, port)
        : appOf(pod)?.app.port === port,
    certificate: (pod, port, serverName) =>
      isGatewayPod(pod)
        ? gateway.certificate(pod, port, serverName)
        : undefined,
    serve(pod, port, request) {
      if (isGatewayPod(pod)) {
        return gateway.serve(pod, port, request);
      }
      const program = appOf(pod);
      return program?.app.port === port
        ? program.app.handle(request, {
            hostname: pod.name,
            env: program.env,
            memory: memoryOf(pod),
            call: call => dataPlane.call(pod, call),
          })
        : undefined;
    },
  };
}
