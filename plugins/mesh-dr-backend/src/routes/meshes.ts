import {
  clusterJoinPermission,
  environmentProvisionPermission,
  meshReadPermission,
  serviceReadPermission,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Router } from 'express';
import { meshGrantUse, type RouteRule } from '../access/guard';
import { reducedLeave } from '../access/reduced';
import { toMeshSummary } from '../fleet/summary';
import { previewLeave } from '../membership/leavePreview';
import { tagged } from './etag';
import { parse, repairSchema } from './parse';
import type { RouteServices } from './types';

/** Meshes, their network and the membership of their clusters. */
export function addMeshRoutes(router: Router, services: RouteServices): void {
  const { guard, fleet, network, membership, repairs } = services;
  const { readers, topology } = services;
  const read: RouteRule = { permission: meshReadPermission };
  const membershipRule = (eventId: string): RouteRule => ({
    permission: clusterJoinPermission,
    grant: meshGrantUse('cluster.join', mesh => fleet.environmentsOf(mesh)),
    audit: {
      eventId,
      meta: req => ({
        mesh: req.params.mesh,
        clusterId: req.params.clusterId,
      }),
    },
  });
  // It changes the network, and may make it cost more: the right of those who make networks.
  const repairRule: RouteRule = {
    permission: environmentProvisionPermission,
    audit: {
      eventId: 'network-repair',
      meta: req => ({
        mesh: req.params.mesh,
        clusterId: req.params.clusterId,
        check: req.body?.check,
        bandwidthMbps: req.body?.bandwidthMbps,
      }),
    },
  };

  router.get(
    '/v1/meshes',
    guard({ permission: meshReadPermission }, async (_req, res) => {
      const items = (await fleet.list()).map(toMeshSummary);
      res.json(tagged(res, { items }));
    }),
  );

  router.get(
    '/v1/meshes/:mesh',
    guard(read, async (req, res) => {
      const mesh = await fleet.require(req.params.mesh);
      res.json(tagged(res, toMeshSummary(mesh)));
    }),
  );

  router.get(
    '/v1/meshes/:mesh/network',
    guard(read, async (req, res) => {
      res.json(tagged(res, await network.get(req.params.mesh)));
    }),
  );

  router.get(
    '/v1/meshes/:mesh/candidates',
    guard(read, async (req, res) => {
      const items = await membership.candidates(req.params.mesh);
      res.json(tagged(res, { items }));
    }),
  );

  router.post(
    '/v1/meshes/:mesh/clusters/:clusterId/preflight',
    guard(read, async (req, res) => {
      const { mesh, clusterId } = req.params;
      res.json(await membership.preflight(mesh, clusterId));
    }),
  );

  router.post(
    '/v1/meshes/:mesh/clusters/:clusterId/fixes',
    guard(repairRule, async (req, res) => {
      const { mesh, clusterId } = req.params;
      const request = parse(repairSchema, req.body);
      res.json(await repairs.apply(mesh, clusterId, request));
    }),
  );

  router.post(
    '/v1/meshes/:mesh/clusters/:clusterId/join',
    guard(membershipRule('cluster-join'), async (req, res, caller) => {
      const { mesh, clusterId } = req.params;
      res.status(202).json(await membership.join(mesh, clusterId, caller.ref));
    }),
  );

  router.get(
    '/v1/meshes/:mesh/clusters/:clusterId/leave-preview',
    guard(
      {
        permission: () => [
          { permission: meshReadPermission },
          { permission: serviceReadPermission },
        ],
      },
      async (req, res, { credentials }) => {
        const mesh = await fleet.require(req.params.mesh);
        const { serviceMeshId } = mesh.mesh;
        const preview = previewLeave(
          mesh,
          topology.services(mesh),
          req.params.clusterId,
        );
        const visible = await readers.visibleIn(credentials, serviceMeshId);
        res.json(tagged(res, reducedLeave(preview, visible)));
      },
    ),
  );

  router.post(
    '/v1/meshes/:mesh/clusters/:clusterId/leave',
    guard(membershipRule('cluster-leave'), async (req, res, caller) => {
      const { mesh, clusterId } = req.params;
      res.status(202).json(await membership.leave(mesh, clusterId, caller.ref));
    }),
  );
}
