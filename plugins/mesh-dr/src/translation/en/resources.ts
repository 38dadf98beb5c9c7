/** Titles of an environment's resources by the kind in their key; English shows the title that came with the plan. */
export const resources = {
  'resource.cen': '{{message}}',
  'resource.cluster': '{{message}}',
  'resource.member': '{{message}}',
  'resource.mesh': '{{message}}',
  'resource.peer-attachment': '{{message}}',
  'resource.pod-routes': '{{message}}',
  'resource.route-link': '{{message}}',
  'resource.security-group': '{{message}}',
  'resource.transit-router': '{{message}}',
  'resource.vpc': '{{message}}',
  'resource.vpc-attachment': '{{message}}',
  'resource.vswitch': '{{message}}',
} as const;
