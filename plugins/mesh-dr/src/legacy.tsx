/**
 * The same plugin for apps on the old frontend system.
 *
 * @packageDocumentation
 */
import type { Entity } from '@backstage/catalog-model';
import {
  compatWrapper,
  convertLegacyRouteRef,
} from '@backstage/core-compat-api';
import {
  createApiFactory,
  createComponentExtension,
  createPlugin,
  createRoutableExtension,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { createCardExtension } from '@backstage/plugin-home-react';
import {
  ANNOTATION_HOST,
  MeshDrClient,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  createScaffolderFieldExtension,
  type FieldExtensionComponentProps,
} from '@backstage/plugin-scaffolder-react';
import type { ServiceAdditions } from './additions/types';
import { meshDrApiRef } from './api/meshDrApiRef';
import type { AtRiskProps } from './components/cards/AtRisk';
import type { EntityDrCardProps } from './components/cards/EntityDrCard';
import {
  ENVIRONMENT_PLAN_FIELD,
  EnvironmentPlanField,
} from './components/fields/EnvironmentPlan/EnvironmentPlanField';
import {
  REMOVAL_PLAN_FIELD,
  RemovalPlanField,
} from './components/fields/TaskPlan/RemovalPlan';
import {
  JOIN_PLAN_FIELD,
  JoinPlanField,
} from './components/fields/TaskPlan/JoinPlan';
import {
  ROLLOUT_PLAN_FIELD,
  RolloutPlanField,
} from './components/fields/TaskPlan/RolloutPlan';
import {
  RULE_PLAN_FIELD,
  RulePlanField,
} from './components/fields/TaskPlan/RulePlan';
import {
  MESH_SERVICE_PICKER_FIELD,
  MeshServicePickerField,
} from './components/fields/MeshService/MeshServicePickerField';
import {
  REGION_PAIR_FIELD,
  RegionPairField,
  validateRegionPairs,
} from './components/fields/MeshService/RegionPairField';
import {
  NETWORK_PLAN_FIELD,
  NetworkPlanField,
  validateNetworkPlan,
} from './components/fields/NetworkPlan/NetworkPlanField';
import { meshRouteRef, rootRouteRef, serviceContentRouteRef } from './routes';

export type * from './additions/types';

export const meshDrPlugin = createPlugin({
  id: 'mesh-dr',
  apis: [
    createApiFactory({
      api: meshDrApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new MeshDrClient({ discoveryApi, fetchApi }),
    }),
  ],
  routes: {
    root: convertLegacyRouteRef(rootRouteRef),
    mesh: convertLegacyRouteRef(meshRouteRef),
  },
});

/** `<Route path="/mesh-dr" element={<MeshDrPage />} />` */
export const MeshDrPage = meshDrPlugin.provide(
  createRoutableExtension({
    name: 'MeshDrPage',
    mountPoint: convertLegacyRouteRef(rootRouteRef),
    component: () =>
      import('./components/MeshPage/MeshPage').then(
        ({ MeshPage }) =>
          () =>
            compatWrapper(<MeshPage />),
      ),
  }),
);

/** `<EntityLayout.Route path="/disaster-recovery" title="Disaster recovery" if={isMeshDrAvailable}>` */
export const EntityMeshDrContent = meshDrPlugin.provide(
  createRoutableExtension({
    name: 'EntityMeshDrContent',
    mountPoint: convertLegacyRouteRef(serviceContentRouteRef),
    component: () =>
      import('./components/ServiceTab/ServiceTab').then(
        ({ ServiceTab }) =>
          (additions: ServiceAdditions) =>
            compatWrapper(<ServiceTab {...additions} />),
      ),
  }),
);

/** `<EntitySwitch.Case if={isMeshDrAvailable}><EntityMeshDrCard /></EntitySwitch.Case>` on an overview page. */
export const EntityMeshDrCard = meshDrPlugin.provide(
  createComponentExtension({
    name: 'EntityMeshDrCard',
    component: {
      lazy: () =>
        import('./components/cards/EntityDrCard').then(
          ({ EntityDrCard }) =>
            (props: EntityDrCardProps) =>
              compatWrapper(<EntityDrCard {...props} />),
        ),
    },
  }),
);

/** `<HomePageMeshDrServicesAtRisk limit={5} />` on a home page. */
export const HomePageMeshDrServicesAtRisk = meshDrPlugin.provide(
  createCardExtension<AtRiskProps>({
    name: 'HomePageMeshDrServicesAtRisk',
    title: 'Services at risk',
    description:
      'Services of the meshes that would not survive the loss of a region',
    layout: { width: { minColumns: 4 }, height: { minRows: 4 } },
    components: () =>
      import('./components/cards/AtRisk').then(({ AtRisk }) => ({
        Content: (props: AtRiskProps) => compatWrapper(<AtRisk {...props} />),
      })),
  }),
);

/** `<ScaffolderFieldExtensions><NetworkPlanFieldExtension /></ScaffolderFieldExtensions>` on the scaffolder's page. */
export const NetworkPlanFieldExtension = meshDrPlugin.provide(
  createScaffolderFieldExtension({
    name: NETWORK_PLAN_FIELD,
    component: props => compatWrapper(<NetworkPlanField {...props} />),
    validation: validateNetworkPlan,
  }),
);

/** Beside `NetworkPlanFieldExtension`: the plan and the cost of an environment, as the last page of its form. */
export const EnvironmentPlanFieldExtension = meshDrPlugin.provide(
  createScaffolderFieldExtension({
    name: ENVIRONMENT_PLAN_FIELD,
    component: (props: FieldExtensionComponentProps<undefined>) =>
      compatWrapper(<EnvironmentPlanField {...props} />),
  }),
);

/** Beside `NetworkPlanFieldExtension`: all that removing an environment takes away, as the last page of a form. */
export const RemovalPlanFieldExtension = meshDrPlugin.provide(
  createScaffolderFieldExtension({
    name: REMOVAL_PLAN_FIELD,
    component: (props: FieldExtensionComponentProps<undefined>) =>
      compatWrapper(<RemovalPlanField {...props} />),
  }),
);

/** Beside `NetworkPlanFieldExtension`: the preflight of the clusters that are to join, as the last page of a form. */
export const JoinPlanFieldExtension = meshDrPlugin.provide(
  createScaffolderFieldExtension({
    name: JOIN_PLAN_FIELD,
    component: (props: FieldExtensionComponentProps<undefined>) =>
      compatWrapper(<JoinPlanField {...props} />),
  }),
);

/** Beside `NetworkPlanFieldExtension`: what each cluster of a mesh gets, and what is billed, as the last page of a form. */
export const RolloutPlanFieldExtension = meshDrPlugin.provide(
  createScaffolderFieldExtension({
    name: ROLLOUT_PLAN_FIELD,
    component: (props: FieldExtensionComponentProps<undefined>) =>
      compatWrapper(<RolloutPlanField {...props} />),
  }),
);

/** Beside `NetworkPlanFieldExtension`: what a rule would do to a service's calls, as the last page of a form. */
export const RulePlanFieldExtension = meshDrPlugin.provide(
  createScaffolderFieldExtension({
    name: RULE_PLAN_FIELD,
    component: (props: FieldExtensionComponentProps<undefined>) =>
      compatWrapper(<RulePlanField {...props} />),
  }),
);

/** Beside `NetworkPlanFieldExtension`: pairs of regions of the mesh that the form is about. */
export const RegionPairFieldExtension = meshDrPlugin.provide(
  createScaffolderFieldExtension({
    name: REGION_PAIR_FIELD,
    component: props => compatWrapper(<RegionPairField {...props} />),
    validation: validateRegionPairs,
  }),
);

/** Beside `NetworkPlanFieldExtension`: the component of a service of a mesh. */
export const MeshServicePickerFieldExtension = meshDrPlugin.provide(
  createScaffolderFieldExtension({
    name: MESH_SERVICE_PICKER_FIELD,
    component: (props: FieldExtensionComponentProps<string>) =>
      compatWrapper(<MeshServicePickerField {...props} />),
  }),
);

/** True for entities that name their mesh service. */
export const isMeshDrAvailable = (entity: Entity): boolean =>
  Boolean(entity.metadata.annotations?.[ANNOTATION_HOST]);

export { meshDrApiRef } from './api/meshDrApiRef';
export { meshDrTranslationRef } from './translation/ref';
