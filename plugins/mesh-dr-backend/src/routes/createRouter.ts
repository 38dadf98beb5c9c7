import { resolvePackagePath } from '@backstage/backend-plugin-api';
import express from 'express';
import Router from 'express-promise-router';
import { addAuditRoutes } from './audit';
import { addChangeRoutes } from './changes';
import { addEnvironmentRoutes } from './environments';
import { addGrantRoutes } from './grants';
import { addMeshRoutes } from './meshes';
import { addOperationRoutes } from './operations';
import { addServiceRoutes } from './services';
import { addShiftRoutes } from './shifts';
import type { RouteServices } from './types';
import { addVerificationRoutes } from './verifications';

/** Where the description of the REST API lies. */
export const openapiPath = () =>
  resolvePackagePath(
    '@mesh-dr/backstage-plugin-mesh-dr-backend',
    'openapi.yaml',
  );

/** The REST API, as `openapi.yaml` describes it. */
export function createRouter(services: RouteServices): express.Router {
  const router = Router();
  router.use(express.json({ limit: '256kb' }));
  router.get('/openapi.yaml', (_req, res) => {
    res.type('application/yaml').sendFile(openapiPath());
  });
  addMeshRoutes(router, services);
  addOperationRoutes(router, services);
  addServiceRoutes(router, services);
  addChangeRoutes(router, services);
  addShiftRoutes(router, services);
  addAuditRoutes(router, services);
  addVerificationRoutes(router, services);
  addEnvironmentRoutes(router, services);
  addGrantRoutes(router, services);
  return router;
}
