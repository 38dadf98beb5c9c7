/** Texts of the cards on overview pages and home pages, and of the form fields that choose services and regions. */
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

  'regionPair.noMesh':
    'Choose the service first: its mesh says which regions there are.',
  'regionPair.failed': 'The regions of the mesh could not be read',
  'regionPair.oneRegion':
    'The clusters of this mesh stand in one region: none can take over from another. Join a cluster in a second region first.',

  'servicePicker.label': 'Service',
  'servicePicker.failed': 'The services could not be read',
  'servicePicker.noneTitle': 'No component names its mesh service',
  'servicePicker.none':
    'Add the annotation below to the catalog-info.yaml of a component, as <service>.<namespace>, and it can be chosen here.',
  'servicePicker.notInMesh': 'not found in a mesh',
} as const;
