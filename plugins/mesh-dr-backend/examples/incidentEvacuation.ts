import {
  coreServices,
  createBackendPlugin,
  type BackstageCredentials,
} from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import {
  MeshDrClient,
  RECOMMENDED_OUTLIER_DETECTION,
  type Change,
  type LocalityIntent,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import express from 'express';
import Router from 'express-promise-router';
import { setTimeout as wait } from 'node:timers/promises';

/** What an alert, or the person who reads it, knows. */
export interface Incident {
  service: { meshId: string; namespace: string; name: string };
  /** Region in trouble, and the one to go to. */
  from: string;
  to: string;
  reason: string;
}

/**
 * Proposes to evacuate the region: looks at the prediction first, and binds the proposal to exactly what was seen. It takes
 * effect when a second person approves it in the portal.
 */
export async function proposeEvacuation(
  meshDr: MeshDrClient,
  { service, from, to, reason }: Incident,
  token: string,
): Promise<Change> {
  const target = { scope: 'service' as const, ...service };
  const intent: LocalityIntent = {
    mode: 'evacuation',
    from,
    to,
    outlierDetection: RECOMMENDED_OUTLIER_DETECTION,
    connectionPool: { connectTimeout: '1s' },
  };
  const preview = await meshDr.preview({ target, intent }, { token });
  if (!preview.applicable) {
    const objections = preview.findings
      .filter(({ severity }) => severity === 'refuse')
      .map(({ message }) => message);
    throw new ConflictError(objections.join(' '));
  }
  return meshDr.createChange(
    { target, intent, reason, previewHash: preview.hash, needsApproval: true },
    { token },
  );
}

/** Waits until a change is decided and carried out; returns how it ended. */
export async function outcomeOf(
  meshDr: MeshDrClient,
  id: string,
  options: {
    token: () => Promise<string>;
    everyMs: number;
    signal: AbortSignal;
  },
): Promise<Change> {
  const { token, everyMs, signal } = options;
  for (;;) {
    // The client sends the ETag of its last answer: while nothing happens, the next is an empty 304.
    const change = await meshDr.getChange(id, { token: await token(), signal });
    if (!['pending-approval', 'applying'].includes(change.status))
      return change;
    await wait(everyMs, undefined, { signal });
  }
}

/** `POST /incidents` proposes, `GET /incidents/:id` tells how it stands, `DELETE /incidents/:id` goes back. */
export const incidentPlugin = createBackendPlugin({
  pluginId: 'dr-incidents',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        discovery: coreServices.discovery,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.rootLifecycle,
        logger: coreServices.logger,
      },
      async init({ auth, discovery, httpAuth, httpRouter, lifecycle, logger }) {
        const meshDr = new MeshDrClient({ discoveryApi: discovery });
        const stopping = new AbortController();
        lifecycle.addShutdownHook(() => stopping.abort());
        const tokenFor = async (caller: BackstageCredentials) => {
          const { token } = await auth.getPluginRequestToken({
            onBehalfOf: caller,
            targetPluginId: 'mesh-dr',
          });
          return token;
        };
        // A person's token ends within the hour, the wait for an approval may not: what is only read, the plugin reads itself.
        const ownToken = async () =>
          tokenFor(await auth.getOwnServiceCredentials());
        const follow = (id: string) =>
          outcomeOf(meshDr, id, {
            token: ownToken,
            everyMs: 2_000,
            signal: stopping.signal,
          }).then(
            ({ status, error = '' }) =>
              logger.info(`Evacuation ${id}: ${status} ${error}`),
            error =>
              logger.warn(`Evacuation ${id} is followed no longer: ${error}`),
          );

        /** A person may do here what that person may do in the portal; an alert's wish is the plugin's own. */
        const tokenOfCaller = async (req: express.Request) => {
          const caller = await httpAuth.credentials(req, {
            allow: ['user', 'service'],
          });
          return auth.isPrincipal(caller, 'user')
            ? tokenFor(caller)
            : ownToken();
        };

        const router = Router();
        router.use(express.json());
        router.post('/incidents', async (req, res) => {
          const token = await tokenOfCaller(req);
          const change = await proposeEvacuation(meshDr, req.body, token);
          follow(change.id);
          const { id, status, requestedBy, approvalExpiresAt } = change;
          res.status(202).json({ id, status, requestedBy, approvalExpiresAt });
        });
        router.get('/incidents/:id', async (req, res) => {
          const token = await tokenOfCaller(req);
          const change = await meshDr.getChange(req.params.id, { token });
          const { id, status, approvedBy, error } = change;
          res.json({ id, status, approvedBy, error });
        });
        router.delete('/incidents/:id', async (req, res) => {
          const token = await tokenOfCaller(req);
          const change = await meshDr.getChange(req.params.id, { token });
          // Only what was seen just now is rolled back: were it another state meanwhile, the answer would be 412.
          const back = await meshDr.rollbackChange(
            change.id,
            'The incident is over',
            { token, ifMatch: meshDr.etagOf(change) },
          );
          res.json({ id: back.id, status: back.status });
        });
        httpRouter.use(router);
      },
    });
  },
});
