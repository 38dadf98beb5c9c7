import { createKeptClock } from './clock/kept';
import type { CloudView, KubeFleet, SandboxLog } from './contract';
import { createControl } from './control';
import { createConsole } from './console';
import { FaultBook } from './faults/book';
import type { FaultFile } from './faults/file';
import { createKubeDisturbance } from './faults/kubernetes';
import { countRequests } from './faults/requestCounts';
import { addFaultRoutes } from './faults/routes';
import { createKubeFleet } from './kube';
import { silentLog } from './log';
import { createMeshPlane } from './mesh';
import { RPC_PRODUCTS, ROA_PRODUCT, createCloudFloor } from './openapi';
import { createAuthenticator } from './openapi/authenticate';
import type { FlannelRoutes } from './openapi/cloud';
import { CallLog } from './openapi/calls';
import { createDisturbance } from './openapi/disturb';
import { startOpenApiServer } from './openapi/server';
import { PROMETHEUS_PATH, createPrometheusSite } from './prometheus';
import { createRunSource } from './seed';
import { createPersistence } from './state';
import { authoritySite, createEndpointTls } from './tls';

/** Demonstration credentials: they open this sandbox and nothing else. */
export const DEMO_ACCESS_KEY_ID = 'LTAI5tSandboxMeshDrDemo1';
export const DEMO_ACCESS_KEY_SECRET = 'SandboxDemoSecretNotForClouds1';

/** With 20 simulated seconds a second the guide's environment is up in about 20 s. */
export const DEFAULT_TIME_SCALE = 20;

const ACCOUNT_ID = 1250123456123456;

export interface SandboxOptions {
  /** Port of the OpenAPI endpoint; default 0, any free one. */
  port?: number;
  /** Address to listen on; default 127.0.0.1. */
  host?: string;
  /** Simulated seconds a second; default 20. */
  timeScale?: number;
  /** Directory of the state; `false` or left out: memory only. */
  stateDir?: string | false;
  /** Forget an earlier state. */
  fresh?: boolean;
  /** Port on which gateways listen at their load balancer addresses, in place of port 80. */
  gatewayPort?: number;
  /** Loopback block from which load balancer addresses come. */
  lbCidr?: string;
  /** Whether Flannel's Pod routes must be published to the CEN; default `must-be-published`. */
  flannelRoutes?: FlannelRoutes;
  /**
   * Seed of ids, generated names, faults and the data plane's choices: the same seed and the same requests give the same
   * run. Default: the seed of the earlier state, or a new one; the log and `/_sandbox/health` tell it.
   */
  seed?: number;
  /** Faults and outages from the start; `readFaultFile` reads them from a file. */
  faults?: FaultFile;
  /** Data-plane seconds a real second (outlier detection, request timeouts, latencies); default 1. */
  dataPlaneTimeScale?: number;
  /** Real milliseconds between two scrapes of the proxies' metrics; default 15 s. */
  scrapeIntervalMs?: number;
  accessKeyId?: string;
  accessKeySecret?: string;
  log?: SandboxLog;
}

export interface Sandbox {
  /** `http://127.0.0.1:<port>`: serves every product. */
  readonly endpoint: string;
  /** `https://127.0.0.1:<port>`: the same port, for clients that insist on TLS. */
  readonly httpsEndpoint: string;
  /** PEM of the authority that signed the endpoint's certificate; also at `GET <control>/ca.pem`. */
  readonly caPem: string;
  /** Where the same text is kept as a file, `ca.pem` in the state directory; undefined in memory. */
  readonly caFile?: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Base address of the control API. */
  readonly control: string;
  /** Prometheus URL for the metrics of all meshes; with `/<mesh id>` appended, of one. */
  readonly prometheus: string;
  readonly kube: KubeFleet;
  readonly cloud: CloudView;
  /** Writes the state and stops everything. */
  stop(): Promise<void>;
}

/** Starts a local Alibaba Cloud in this process. */
export async function startSandbox(
  options: SandboxOptions = {},
): Promise<Sandbox> {
  const log = options.log ?? silentLog;
  const host = options.host ?? '127.0.0.1';
  const credentials = {
    accessKeyId: options.accessKeyId ?? DEMO_ACCESS_KEY_ID,
    accessKeySecret: options.accessKeySecret ?? DEMO_ACCESS_KEY_SECRET,
  };
  const persistence = createPersistence({
    directory: options.stateDir || undefined,
    fresh: options.fresh,
    log,
  });
  const control = createControl();
  const clock = createKeptClock({
    timeScale: options.timeScale ?? DEFAULT_TIME_SCALE,
    persistence,
    control,
  });
  const source = createRunSource(persistence, options.seed);
  control.route('GET', '/health', () => ({
    status: 'ok',
    timeScale: clock.timeScale,
    seed: source.seed,
    resumed: persistence.resumed,
  }));

  const faults = new FaultBook(persistence, source.split('faults'));
  addFaultRoutes(faults, control);
  for (const rule of options.faults?.faults ?? []) faults.add(rule, 'file');

  const kube = createKubeFleet({
    clock,
    persistence,
    log,
    control,
    names: source.split('kubernetes'),
    disturbance: countRequests(createKubeDisturbance(faults), control),
  });
  clock.whileStepping(() => kube.settled());
  const floor = createCloudFloor({
    clock,
    persistence,
    log,
    control,
    kube,
    ids: source.split('ids'),
    accountId: ACCOUNT_ID,
    flannelRoutes: options.flannelRoutes ?? 'must-be-published',
  });
  clock.whileStepping(() => floor.settled());
  const plane = createMeshPlane({
    clock,
    persistence,
    log,
    control,
    cloud: floor.view,
    kube,
    gatewayPort: options.gatewayPort,
    lbCidr: options.lbCidr,
    seed: Math.floor(source.fraction('data plane') * 2 ** 32),
    dataPlaneTimeScale: options.dataPlaneTimeScale,
    scrapeIntervalMs: options.scrapeIntervalMs,
  });
  kube.setPodRuntime(plane.podRuntime);
  kube.setPodInjector(plane.podInjector);

  const stopFloors = async () => {
    clock.stop();
    await floor.stop();
    await plane.stop();
    await kube.stop();
    persistence.stop();
  };
  try {
    await floor.resume();
    for (const outage of options.faults?.regions ?? []) {
      await control.handle(
        'POST',
        '/faults/regions',
        new URLSearchParams(),
        JSON.stringify(outage),
      );
    }
    const tls = await createEndpointTls({
      host,
      persistence,
      directory: options.stateDir || undefined,
      now: clock.now(),
    });
    const calls = new CallLog();
    control.route('GET', '/calls', () => ({
      total: calls.total,
      operations: calls.byOperation(),
      latest: calls.latest(),
    }));
    const server = await startOpenApiServer({
      host,
      port: options.port ?? 0,
      tls,
      cloud: floor.cloud,
      rpc: RPC_PRODUCTS,
      roa: ROA_PRODUCT,
      authenticator: createAuthenticator({
        credentials,
        now: clock.now,
        session: id => floor.cloud.store.data.roleSessions[id],
      }),
      control,
      disturb: createDisturbance(floor.cloud, faults, floor.outages),
      sites: [
        authoritySite(tls),
        createConsole({
          control,
          data: () => floor.cloud.store.data,
          kube,
          clock,
          calls,
          host,
          facts: () => ({
            ...addresses(host, server.port),
            accessKeyId: credentials.accessKeyId,
          }),
        }),
        createPrometheusSite({
          store: plane.prometheus.store,
          isMesh: id => floor.view.mesh(id) !== undefined,
          host,
        }),
      ],
      calls,
      log,
    });
    // `ca` is for the page alone: clients take a member of that name for a certificate, not for an address.
    const { ca: _, ...served } = addresses(host, server.port);
    log.info('serving', {
      endpoint: served.endpoint,
      timeScale: clock.timeScale,
      seed: source.seed,
    });
    return {
      ...served,
      ...credentials,
      caPem: tls.caPem,
      caFile: tls.caFile,
      kube,
      cloud: floor.view,
      async stop() {
        await server.stop();
        await stopFloors();
      },
    };
  } catch (error) {
    await stopFloors();
    throw error;
  }
}

/** Where everything on the cloud's port is found. */
function addresses(host: string, port: number) {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const endpoint = `http://${authority}`;
  const control = `${endpoint}/_sandbox`;
  return {
    endpoint,
    httpsEndpoint: `https://${authority}`,
    control,
    prometheus: `${endpoint}${PROMETHEUS_PATH}`,
    ca: `${control}/ca.pem`,
  };
}
