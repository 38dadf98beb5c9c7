import {
  createServiceFactory,
  type SchedulerService,
  type ServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import {
  alicloudServiceRef,
  kubernetesServiceRef,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { startOnSandbox } from './guideCloud';
import { joinGuide } from './joinGuide';
import { sandboxClients } from './sandboxClients';

/** The clients as the product has them, but with less patience, so that a suite of faults takes seconds. */
const hastyClients = (sandbox: Sandbox) =>
  sandboxClients(sandbox, {
    timing: { throttledBackoffMs: 10, maxBackoffMs: 50 },
    watchTiming: {
      quietMs: 200,
      probeDeadlineMs: 300,
      silentMs: 1_500,
      backoffMs: 20,
      maxBackoffMs: 200,
      forbiddenBackoffMs: 200,
      listDeadlineMs: 500,
    },
  });

/** The guide's environment on a sandbox with Bookinfo in both regions, and the plugin that watches it. */
export async function startFaultCloud() {
  // The type hides the mock's own factory, which runs every task once at the start.
  const scheduler = mockServices.scheduler() as SchedulerService & {
    factory(): ServiceFactory;
  };
  let clients: ReturnType<typeof hastyClients>;
  const started = await startOnSandbox({
    timeScale: 1_000,
    features: sandbox => {
      clients = hastyClients(sandbox);
      return [
        scheduler.factory(),
        createServiceFactory({
          service: alicloudServiceRef,
          deps: {},
          factory: () => clients.accounts,
        }),
        createServiceFactory({
          service: kubernetesServiceRef,
          deps: {},
          factory: () => clients.connector,
        }),
      ];
    },
  });
  const { accounts, connector } = clients!;
  const { meshId, clusters } = await joinGuide(
    accounts.get('sandbox'),
    connector,
  );
  return {
    ...started,
    meshId,
    /** Reads the accounts, as it is done every minute. */
    refresh: () => scheduler.triggerTask('fleet-refresh'),
    /** The API server of a region's cluster, from behind. */
    apiServer: (region: string) =>
      started.sandbox.kube.get(clusters.get(region)!)!,
    /** Calls the sandbox's control API. */
    control: async (method: string, path: string, body?: object) => {
      const answer = await fetch(`${started.sandbox.control}${path}`, {
        method,
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
      return text ? JSON.parse(text) : undefined;
    },
  };
}
