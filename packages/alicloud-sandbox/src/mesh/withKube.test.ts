import type { CloudView, KubeCluster, MeshView } from '../contract';
import { createControl } from '../control';
import { silentLog } from '../log';
import { createPersistence } from '../state';
import {
  HANGZHOU,
  MESH,
  eventually,
  nodeSpec,
  testFleet,
} from '../kube/__testUtils__/fleet';
import { createMeshPlane, type MeshPlane } from './index';
import { GVR } from './gvr';
import { FAILOVER } from './__testUtils__/bookinfo';
import {
  createRoutes,
  deploySplitBookinfo,
} from './__testUtils__/kubeBookinfo';

const SHANGHAI = {
  ...HANGZHOU,
  id: 'cfedcba9876543210fedcba9876543210',
  name: 'ack-shanghai',
  region: 'cn-shanghai',
  podCidr: '10.1.0.0/16',
  serviceCidr: '172.17.0.0/16',
};
const JOBS = { group: 'batch', version: 'v1', resource: 'jobs' };

const mesh: MeshView = {
  id: MESH.id,
  name: 'mesh',
  region: 'cn-hangzhou',
  version: 'v1.22.6.66-g1a2b3c4d-aliyun',
  vpcId: 'vpc-mesh',
  locality: { enabled: true, failover: FAILOVER },
  members: [HANGZHOU.id, SHANGHAI.id],
  injectByDefault: false,
};

const cloud: CloudView = {
  meshes: () => [mesh],
  mesh: id => (id === mesh.id ? mesh : undefined),
  clusterNetwork: id =>
    [HANGZHOU, SHANGHAI]
      .filter(c => c.id === id)
      .map(c => ({
        vpcId: `vpc-${c.region}`,
        region: c.region,
        securityGroupId: `sg-${c.region}`,
      }))[0],
  reach: () => ({ ok: true, roundTripMs: 2 }),
  onChange: () => () => undefined,
};

const START_MS = 60_000;
jest.setTimeout(4 * START_MS);

/** Whether every Service that selects pods has an endpoint, and none that is not ready. */
function servicesHaveEndpoints({ storage }: KubeCluster): boolean {
  const slices = storage.list(GVR.endpointSlices);
  return storage
    .list(GVR.services)
    .filter(({ spec }) => spec.selector)
    .every(({ metadata }) => {
      const endpoints = slices
        .filter(
          slice =>
            slice.metadata.namespace === metadata.namespace &&
            slice.metadata.labels?.['kubernetes.io/service-name'] ===
              metadata.name,
        )
        .flatMap(slice => slice.endpoints ?? []);
      return (
        endpoints.length > 0 &&
        endpoints.every(({ conditions }: any) => conditions.ready)
      );
    });
}

describe('the mesh floor on the Kubernetes floor', () => {
  let kube: ReturnType<typeof testFleet>;
  let plane: MeshPlane;
  let hangzhou: KubeCluster;
  let shanghai: KubeCluster;
  let asm: KubeCluster;
  const control = createControl();

  const listening = async (region: string) => {
    const { body } = await control.handle(
      'GET',
      '/loadbalancers',
      new URLSearchParams(),
      '',
    );
    return (body as any).loadBalancers.find(
      (l: any) => l.region === region && l.servicePort === 80,
    );
  };
  const reviews = async (n: number) => {
    const { host, port } = await listening('cn-hangzhou');
    const counts: Record<string, number> = {};
    for (let i = 0; i < n; i++) {
      const answer = await fetch(
        `http://${host}:${port}/api/v1/products/0/reviews`,
      );
      const { clustername } = (await answer.json()) as any;
      counts[clustername] = (counts[clustername] ?? 0) + 1;
    }
    return counts;
  };

  beforeAll(async () => {
    kube = testFleet({ timeScale: 500 });
    plane = createMeshPlane({
      clock: kube.clock,
      persistence: createPersistence({ log: silentLog }),
      log: silentLog,
      control,
      cloud,
      kube: kube.fleet,
      gatewayPort: 0,
      seed: 11,
    });
    kube.fleet.setPodRuntime(plane.podRuntime);
    kube.fleet.setPodInjector(plane.podInjector);
    hangzhou = await kube.fleet.open(HANGZHOU);
    shanghai = await kube.fleet.open(SHANGHAI);
    asm = await kube.fleet.open(MESH);
    hangzhou.addNode(nodeSpec(0));
    shanghai.addNode({
      ...nodeSpec(0),
      name: 'cn-shanghai.21.0.0.10',
      zone: 'cn-shanghai-b',
      ip: '21.0.0.10',
    });
    for (const cluster of [hangzhou, shanghai]) {
      deploySplitBookinfo(cluster, cluster === hangzhou ? 'v1' : 'v2');
    }
    createRoutes(asm, {
      outlierDetection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 },
    });
    const ready = (cluster: KubeCluster) =>
      cluster.storage
        .list(GVR.pods)
        .filter(p =>
          p.status?.conditions?.some(
            (c: any) => c.type === 'Ready' && c.status === 'True',
          ),
        ).length;
    await eventually(
      'all pods run',
      () => ready(hangzhou) === 6 && ready(shanghai) === 6,
      START_MS,
    );
    // A ready pod gets connections only when the endpoints tell of it.
    await eventually(
      'every Service has its endpoints',
      () => [hangzhou, shanghai].every(servicesHaveEndpoints),
      START_MS,
    );
    await eventually(
      'both gateways listen',
      async () =>
        (await listening('cn-hangzhou')) && (await listening('cn-shanghai')),
      START_MS,
    );
  });

  afterAll(async () => {
    await plane.stop();
    await kube.stop();
  });

  it('deploys the gateway and gives its Service an address', () => {
    const service = hangzhou.storage.get(
      GVR.services,
      'istio-system',
      'istio-ingressgateway',
    )!;
    expect(service.status.loadBalancer.ingress).toEqual([
      { ip: expect.stringMatching(/^127\.77\.0\.\d+$/) },
    ]);
    expect(service.metadata.labels).toMatchObject({
      istio: 'ingressgateway',
      app: 'istio-ingressgateway',
    });
    expect(kube.warnings).toEqual([]);
  });

  it('keeps calls in Hangzhou, moves them to Shanghai when v1 is scaled to 0, and back', async () => {
    expect(await reviews(6)).toEqual({ 'ack-hangzhou': 6 });
    const scale = (replicas: number) =>
      hangzhou.storage.update(GVR.deployments, 'default', 'reviews-v1', d => {
        d.spec.replicas = replicas;
      });
    scale(0);
    await eventually(
      'the endpoints are gone',
      async () => !(await reviews(1))['ack-hangzhou'],
    );
    expect(await reviews(10)).toEqual({ 'ack-shanghai': 10 });
    scale(1);
    await eventually(
      'v1 answers again',
      async () => (await reviews(1))['ack-hangzhou'],
    );
    expect(await reviews(6)).toEqual({ 'ack-hangzhou': 6 });
  });

  it('runs the command of a Job through the modelled network', async () => {
    const target = shanghai.storage
      .list(GVR.pods, 'default')
      .find(p => p.metadata.labels?.app === 'ratings')!.status.podIP;
    hangzhou.storage.create(JOBS, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'link', namespace: 'default' },
      spec: {
        backoffLimit: 0,
        template: {
          // With a sidecar a Job never ends.
          metadata: { labels: { 'sidecar.istio.io/inject': 'false' } },
          spec: {
            restartPolicy: 'Never',
            containers: [
              {
                name: 'link',
                image: 'busybox:1.36',
                command: [
                  'sh',
                  '-c',
                  `ping -c 2 ${target} && nc -z -w 3 ${target} 9080`,
                ],
              },
            ],
          },
        },
      },
    });
    const job = await eventually('the job is over', () => {
      const found = hangzhou.storage.get(JOBS, 'default', 'link');
      return found?.status?.completionTime && found;
    });
    expect(job.status.succeeded).toBe(1);
  });

  it('removes the gateway everywhere with its IstioGateway', async () => {
    asm.storage.delete(GVR.istioGateways, 'istio-system', 'ingressgateway');
    await eventually(
      'no load balancer listens',
      async () =>
        !(await listening('cn-hangzhou')) && !(await listening('cn-shanghai')),
    );
    for (const cluster of [hangzhou, shanghai]) {
      expect(cluster.storage.list(GVR.services, 'istio-system')).toEqual([]);
      expect(cluster.storage.list(GVR.deployments, 'istio-system')).toEqual([]);
    }
  });
});
