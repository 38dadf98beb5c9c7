/** Backstage's Kubernetes backend in a process of its own, reading from the same API servers. */
import {
  createBackendModule,
  type BackendFeature,
  type ExtensionPoint,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { serveBackend } from './backendProcess';
import { ENTITY_LABEL, NAMESPACE, SERVICE, type Clouds } from './protocol';

/** By name: only this process needs the peer and its types, so that all else compiles where it is not installed. */
const load = (name: string) => import(name);

/** What of the peer's extension point is used. */
interface AuthStrategies {
  addAuthStrategy(
    key: string,
    strategy: {
      getCredential(cluster: { name: string }): Promise<object>;
      validateCluster(): Error[];
      presentAuthMetadata(): object;
    },
  ): void;
}

const AUTH_PROVIDER = 'certificate';

const field = (yaml: string, name: string) =>
  new RegExp(`${name}: *"?([^"\\s]+)`).exec(yaml)![1];
const decoded = (yaml: string, name: string) =>
  Buffer.from(field(yaml, name), 'base64').toString();

/** Kubeconfigs of ACK hold client certificates, for which the peer has no strategy of its own. */
const certificates = (
  { members }: Clouds,
  extensionPoint: ExtensionPoint<AuthStrategies>,
) =>
  createBackendModule({
    pluginId: 'kubernetes',
    moduleId: 'certificates',
    register(env) {
      env.registerInit({
        deps: { strategies: extensionPoint },
        async init({ strategies }) {
          strategies.addAuthStrategy(AUTH_PROVIDER, {
            async getCredential({ name }) {
              const { kubeconfig } = members.find(m => m.name === name)!;
              return {
                type: 'x509 client certificate',
                cert: decoded(kubeconfig, 'client-certificate-data'),
                key: decoded(kubeconfig, 'client-key-data'),
              };
            },
            validateCluster: () => [],
            presentAuthMetadata: () => ({}),
          });
        },
      });
    },
  });

async function main() {
  const clouds: Clouds = JSON.parse(process.env.BENCH_CLOUDS!);
  const plugin: { default: BackendFeature } = await load(
    '@backstage/plugin-kubernetes-backend',
  );
  const node = await load('@backstage/plugin-kubernetes-node');
  await serveBackend([
    plugin.default,
    certificates(clouds, node.kubernetesAuthStrategyExtensionPoint),
    catalogServiceMock.factory({
      entities: [
        {
          apiVersion: 'backstage.io/v1alpha1',
          kind: 'Component',
          metadata: {
            name: SERVICE,
            annotations: {
              'backstage.io/kubernetes-label-selector': `${ENTITY_LABEL}=${SERVICE}`,
              'backstage.io/kubernetes-namespace': NAMESPACE,
            },
          },
          spec: { type: 'service', owner: 'shop', lifecycle: 'production' },
        },
      ],
    }),
    mockServices.rootConfig.factory({
      data: {
        kubernetes: {
          serviceLocatorMethod: { type: 'multiTenant' },
          // Only what our page is made of.
          objectTypes: ['pods', 'services', 'deployments'],
          clusterLocatorMethods: [
            {
              type: 'config',
              clusters: clouds.members.map(({ name, server, kubeconfig }) => ({
                name,
                url: server,
                authProvider: AUTH_PROVIDER,
                skipMetricsLookup: true,
                caData: field(kubeconfig, 'certificate-authority-data'),
              })),
            },
          ],
        },
      },
    }),
  ]);
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
