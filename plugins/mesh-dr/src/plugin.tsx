import {
  ApiBlueprint,
  createExtensionInput,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import {
  createFormField,
  FormFieldBlueprint,
} from '@backstage/plugin-scaffolder-react/alpha';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import { HomePageWidgetBlueprint } from '@backstage/plugin-home-react/alpha';
import {
  ANNOTATION_HOST,
  MeshDrClient,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { RiShieldFlashLine } from '@remixicon/react';
import { lazy, type ComponentType } from 'react';
import { z } from 'zod';
import {
  serviceCheckDataRef,
  servicePanelDataRef,
} from './additions/blueprints';
import { meshDrApiRef } from './api/meshDrApiRef';
import { LEVELS } from './lib/services';
import { meshRouteRef, rootRouteRef, serviceContentRouteRef } from './routes';

/** Client of the mesh-dr REST API. */
export const meshDrApi = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: meshDrApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new MeshDrClient({ discoveryApi, fetchApi }),
    }),
});

/** `/mesh-dr`: meshes, their network, clusters and services. */
export const meshDrPage = PageBlueprint.make({
  params: {
    path: '/mesh-dr',
    title: 'Mesh DR',
    icon: <RiShieldFlashLine fontSize="inherit" />,
    routeRef: rootRouteRef,
    loader: () =>
      import('./components/MeshPage/MeshPage').then(m => <m.MeshPage />),
  },
});

/** Components that name their mesh service, as data: an app's configuration may put another predicate in its place. */
const NAMES_ITS_SERVICE = {
  kind: 'component',
  [`metadata.annotations.${ANNOTATION_HOST}`]: { $exists: true },
};

/** The "Disaster recovery" tab of components that name their mesh service. */
export const entityServiceContent = EntityContentBlueprint.makeWithOverrides({
  name: 'disaster-recovery',
  inputs: {
    /** Made by ServiceCheckBlueprint. */
    checks: createExtensionInput([serviceCheckDataRef]),
    /** Made by ServicePanelBlueprint. */
    panels: createExtensionInput([servicePanelDataRef]),
  },
  factory(make, { inputs }) {
    const checks = inputs.checks.map(check => check.get(serviceCheckDataRef));
    const panels = inputs.panels.map(panel => panel.get(servicePanelDataRef));
    return make({
      path: 'disaster-recovery',
      title: 'Disaster recovery',
      group: 'operation',
      routeRef: serviceContentRouteRef,
      icon: <RiShieldFlashLine />,
      filter: NAMES_ITS_SERVICE,
      loader: () =>
        import('./components/ServiceTab/ServiceTab').then(m => (
          <m.ServiceTab checks={checks} panels={panels} />
        )),
    });
  },
});

/** The card on the overview of components that name their mesh service: the verdict, and where the service runs. */
export const entityServiceCard = EntityCardBlueprint.makeWithOverrides({
  name: 'disaster-recovery',
  configSchema: {
    /** Whether the predicted shares of calls are drawn below the regions. */
    shares: z.boolean().default(true),
  },
  factory(make, { config }) {
    return make({
      type: 'content',
      filter: NAMES_ITS_SERVICE,
      loader: () =>
        import('./components/cards/EntityDrCard').then(m => (
          <m.EntityDrCard shares={config.shares} />
        )),
    });
  },
});

/** The card "services at risk" for home pages. */
export const atRiskHomeWidget = HomePageWidgetBlueprint.makeWithOverrides({
  name: 'services-at-risk',
  configSchema: {
    /** Title in place of the one in the reader's language. */
    title: z.string().optional(),
    /** Verdicts that count as being at risk. */
    levels: z.array(z.enum(LEVELS)).min(1).default(['unprotected', 'partial']),
    /** Kubernetes namespaces to leave out. */
    excludeNamespaces: z.array(z.string()).default([]),
    /** Most services that are listed. */
    limit: z.number().int().min(1).default(8),
  },
  factory(make, { config }) {
    const { title, ...settings } = config;
    const Frame = lazy(() =>
      import('./components/cards/AtRiskSection').then(m => ({
        default: m.AtRiskSection,
      })),
    );
    return make({
      name: 'MeshDrServicesAtRisk',
      title: 'Services at risk',
      description:
        'Services of the meshes that would not survive the loss of a region',
      layout: { width: { minColumns: 4 }, height: { minRows: 4 } },
      components: () =>
        import('./components/cards/AtRisk').then(m => ({
          Content: () => <m.AtRisk {...settings} />,
        })),
      componentProps: {
        Renderer: ({ Content }: { Content: ComponentType }) => (
          <Frame title={title}>
            <Content />
          </Frame>
        ),
      },
    });
  },
});

/** `ui:field: NetworkPlanField` in templates: a network plan with its picture, its clashes and free ranges. */
export const networkPlanField = FormFieldBlueprint.make({
  name: 'network-plan',
  params: {
    field: async () => {
      const { NETWORK_PLAN_FIELD, NetworkPlanField, validateNetworkPlan } =
        await import('./components/fields/NetworkPlan/NetworkPlanField');
      return createFormField({
        name: NETWORK_PLAN_FIELD,
        component: NetworkPlanField,
        validation: validateNetworkPlan,
      });
    },
  },
});

/** `ui:field: EnvironmentPlanField` in templates: what would be made, how long it takes, what is billed. */
export const environmentPlanField = FormFieldBlueprint.make({
  name: 'environment-plan',
  params: {
    field: async () => {
      const { ENVIRONMENT_PLAN_FIELD, EnvironmentPlanField } = await import(
        './components/fields/EnvironmentPlan/EnvironmentPlanField'
      );
      return createFormField({
        name: ENVIRONMENT_PLAN_FIELD,
        component: EnvironmentPlanField,
      });
    },
  },
});

/** `ui:field: RemovalPlanField` in templates: all that removing an environment takes away. */
export const removalPlanField = FormFieldBlueprint.make({
  name: 'removal-plan',
  params: {
    field: async () => {
      const { REMOVAL_PLAN_FIELD, RemovalPlanField } = await import(
        './components/fields/TaskPlan/RemovalPlan'
      );
      return createFormField({
        name: REMOVAL_PLAN_FIELD,
        component: RemovalPlanField,
      });
    },
  },
});

/** `ui:field: JoinPlanField` in templates: the preflight of the clusters that are to join. */
export const joinPlanField = FormFieldBlueprint.make({
  name: 'join-plan',
  params: {
    field: async () => {
      const { JOIN_PLAN_FIELD, JoinPlanField } = await import(
        './components/fields/TaskPlan/JoinPlan'
      );
      return createFormField({
        name: JOIN_PLAN_FIELD,
        component: JoinPlanField,
      });
    },
  },
});

/** `ui:field: RolloutPlanField` in templates: what each cluster of a mesh gets, and what is billed. */
export const rolloutPlanField = FormFieldBlueprint.make({
  name: 'rollout-plan',
  params: {
    field: async () => {
      const { ROLLOUT_PLAN_FIELD, RolloutPlanField } = await import(
        './components/fields/TaskPlan/RolloutPlan'
      );
      return createFormField({
        name: ROLLOUT_PLAN_FIELD,
        component: RolloutPlanField,
      });
    },
  },
});

/** `ui:field: RulePlanField` in templates: what a rule would do to a service's calls. */
export const rulePlanField = FormFieldBlueprint.make({
  name: 'rule-plan',
  params: {
    field: async () => {
      const { RULE_PLAN_FIELD, RulePlanField } = await import(
        './components/fields/TaskPlan/RulePlan'
      );
      return createFormField({
        name: RULE_PLAN_FIELD,
        component: RulePlanField,
      });
    },
  },
});

/** `ui:field: RegionPairField` in templates: pairs of regions of the mesh that the form is about. */
export const regionPairField = FormFieldBlueprint.make({
  name: 'region-pair',
  params: {
    field: async () => {
      const { REGION_PAIR_FIELD, RegionPairField, validateRegionPairs } =
        await import('./components/fields/MeshService/RegionPairField');
      return createFormField({
        name: REGION_PAIR_FIELD,
        component: RegionPairField,
        validation: validateRegionPairs,
      });
    },
  },
});

/** `ui:field: MeshServicePickerField` in templates: the component of a service of a mesh. */
export const meshServicePickerField = FormFieldBlueprint.make({
  name: 'mesh-service-picker',
  params: {
    field: async () => {
      const { MESH_SERVICE_PICKER_FIELD, MeshServicePickerField } =
        await import('./components/fields/MeshService/MeshServicePickerField');
      return createFormField({
        name: MESH_SERVICE_PICKER_FIELD,
        component: MeshServicePickerField,
      });
    },
  },
});

/** Regional topology, failover and distribution as catalog entity content, and the mesh page. */
export default createFrontendPlugin({
  pluginId: 'mesh-dr',
  title: 'Mesh DR',
  icon: <RiShieldFlashLine />,
  routes: { root: rootRouteRef, mesh: meshRouteRef },
  extensions: [
    meshDrApi,
    meshDrPage,
    entityServiceContent,
    entityServiceCard,
    atRiskHomeWidget,
    networkPlanField,
    environmentPlanField,
    removalPlanField,
    joinPlanField,
    rolloutPlanField,
    rulePlanField,
    regionPairField,
    meshServicePickerField,
  ],
});
