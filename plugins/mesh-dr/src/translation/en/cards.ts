/** Texts of the cards on overview pages and home pages. */
export const cards = {
  'card.title': 'Disaster recovery',
  'card.open': 'Topology and controls',
  'card.regions': 'Pods by region',
  'card.shares': 'Predicted shares of calls',
  'card.badAnnotation':
    'The annotation mesh-dr.io/host is "{{value}}", which names no service. Write <service>.<namespace>, e.g. reviews.default.',
  'card.severalMeshes':
    'This portal sees several meshes ({{meshes}}). Add the annotation mesh-dr.io/mesh with the id or the name of the right one.',

  'risk.title': 'Services at risk',
  'risk.subtitle':
    'Those that would not answer every call if a region were lost, over all meshes.',
  'risk.meshFailed': 'The services of {{mesh}} could not be read',
  'risk.none_one': 'None: the only service survives the loss of a region.',
  'risk.none_other':
    'None of {{count}} services: each survives the loss of a region.',
  'risk.ofTotal_one': 'of {{count}} service',
  'risk.ofTotal_other': 'of {{count}} services',
  'risk.more_one': '{{count}} more:',
  'risk.more_other': '{{count}} more:',
  'risk.allOf': 'all of {{mesh}}',
} as const;
