import type { ResourceKind } from './types';

const SECOND = 1000;

/**
 * How long the cloud usually takes to make one resource of a kind, ms: for plans and remaining times, never for decisions.
 * From the waits built into the Terraform provider and from operating experience; nobody promises them.
 */
export const EXPECTED_CREATE_MS: Record<ResourceKind, number> = {
  vpc: 5 * SECOND,
  vswitch: 5 * SECOND,
  cen: 5 * SECOND,
  'transit-router': 20 * SECOND,
  'vpc-attachment': 90 * SECOND,
  'peer-attachment': 60 * SECOND,
  'route-link': 10 * SECOND,
  cluster: 300 * SECOND,
  'pod-routes': 5 * SECOND,
  'security-group': 2 * SECOND,
  mesh: 150 * SECOND,
};

/** The same for taking one away, where it is worth waiting for; clusters take longest. */
export const EXPECTED_DELETE_MS: Partial<Record<string, number>> = {
  'transit-router': 10 * SECOND,
  'vpc-attachment': 60 * SECOND,
  'peer-attachment': 45 * SECOND,
  cluster: 150 * SECOND,
  mesh: 60 * SECOND,
  member: 30 * SECOND,
};

/** Settings that are changed in place take about as long as an API call and a look. */
export const EXPECTED_UPDATE_MS = 3 * SECOND;
