import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  MeshDrClient,
  type ServiceSummary,
  type Verdict,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import Router from 'express-promise-router';

/** Whether a service survives the loss of a region, and what stands in the way. */
export interface Score {
  /** As `mesh/namespace/name`. */
  service: string;
  level: Verdict['level'];
  sentence: string;
  /** What the owner can do, worst first. */
  todo: string[];
}

/** Every service of every mesh, page by page. */
async function* allServices(
  meshDr: MeshDrClient,
  token: () => Promise<string>,
): AsyncGenerator<ServiceSummary> {
  for (const { id: meshId } of await meshDr.listMeshes({
    token: await token(),
  })) {
    let cursor: string | undefined;
    do {
      const page = await meshDr.listServices(
        { meshId, limit: 100, cursor },
        { token: await token() },
      );
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor);
  }
}

/** The scores of all services. Topologies that did not change since the last time are answered by an empty 304. */
export async function scores(
  meshDr: MeshDrClient,
  token: () => Promise<string>,
): Promise<Score[]> {
  const found: Score[] = [];
  for await (const summary of allServices(meshDr, token)) {
    const { meshId, namespace, name } = summary;
    const { verdict, findings } = await meshDr.getTopology(
      { meshId, namespace, name },
      { token: await token() },
    );
    found.push({
      service: `${meshId}/${namespace}/${name}`,
      level: verdict.level,
      sentence: verdict.sentence,
      todo: findings
        .filter(({ severity }) => severity !== 'inform')
        .map(({ message, fix }) =>
          fix ? `${message} ${fix.label}.` : message,
        ),
    });
  }
  return found;
}

/** `GET /api/dr-scorecard/scores`: how ready the portal's services are for the loss of a region. */
export const drScorecardPlugin = createBackendPlugin({
  pluginId: 'dr-scorecard',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        discovery: coreServices.discovery,
        httpRouter: coreServices.httpRouter,
      },
      async init({ auth, discovery, httpRouter }) {
        const meshDr = new MeshDrClient({ discoveryApi: discovery });
        // In the plugin's own name: the scorecard is the same for every reader. Tokens are short-lived, so ask each time.
        const token = async () => {
          const own = await auth.getPluginRequestToken({
            onBehalfOf: await auth.getOwnServiceCredentials(),
            targetPluginId: 'mesh-dr',
          });
          return own.token;
        };
        const router = Router();
        router.get('/scores', async (_req, res) => {
          const items = await scores(meshDr, token);
          const ready = items.filter(({ level }) => level === 'protected');
          res.json({ items, ready: ready.length, total: items.length });
        });
        httpRouter.use(router);
      },
    });
  },
});
