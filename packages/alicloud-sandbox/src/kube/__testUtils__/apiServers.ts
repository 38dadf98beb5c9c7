import type { KubeCluster } from '../../contract';
import { apiOf, configMap } from './api';
import { HANGZHOU, MESH, testFleet } from './fleet';

type Api = ReturnType<typeof apiOf>;

export const MAPS = '/api/v1/namespaces/default/configmaps';
export const RULES =
  '/apis/networking.istio.io/v1/namespaces/default/destinationrules';
export const MERGE = 'application/merge-patch+json';

/** For all tests of the calling file: a cluster and a mesh with their API servers, and a client of each. */
export function setUpApiServers() {
  let test: ReturnType<typeof testFleet>;
  let ack: KubeCluster;
  let asm: KubeCluster;
  let ackApi: Api;
  let asmApi: Api;

  beforeAll(async () => {
    test = testFleet();
    ack = await test.fleet.open(HANGZHOU);
    asm = await test.fleet.open(MESH);
    ackApi = apiOf(ack);
    asmApi = apiOf(asm);
  });
  afterAll(async () => {
    await test.stop();
  });

  const api: Api = (...call) => ackApi(...call);
  return {
    get test() {
      return test;
    },
    get ack() {
      return ack;
    },
    get asm() {
      return asm;
    },
    /** Calls the API server of the cluster. */
    api,
    /** Calls the API server of the mesh. */
    mesh: ((...call) => asmApi(...call)) as Api,
    /** Creates a ConfigMap in the cluster. */
    map: (name: string, data: Record<string, string> = {}) =>
      api(MAPS, { method: 'POST', body: configMap(name, data) }),
  };
}
