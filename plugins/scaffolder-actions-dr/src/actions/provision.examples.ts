import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { stringify } from 'yaml';

const spec = {
  name: 'bookinfo-dr',
  network: GUIDE_PLAN,
  cen: { bandwidthMbps: 100, bandwidthType: 'DataTransfer' },
  clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 2 },
  mesh: { edition: 'Pro' },
  apiServerAccess: 'public',
};

const step = (action: string, name: string, input: object) =>
  stringify(
    { steps: [{ id: 'provision', name, action, input }] },
    { aliasDuplicateObjects: false },
  );

const grant = '${{ steps.grant.output.grant }}';

export const environmentExamples: TemplateExample[] = [
  {
    description: "The guide's two regions with 100 Mbit/s between them",
    example: step('dr:environment:provision', 'Provision the environment', {
      spec,
      grant,
    }),
  },
];

export const networkExamples: TemplateExample[] = [
  {
    description: 'VPCs and vSwitches only',
    example: step('dr:network:provision', 'Provision the network', {
      spec,
      grant,
    }),
  },
];

export const cenExamples: TemplateExample[] = [
  {
    description: 'Connect the VPCs over a CEN',
    example: step('dr:cen:provision', 'Connect the regions', { spec, grant }),
  },
];

export const clustersExamples: TemplateExample[] = [
  {
    description: 'The clusters of both regions, at the same time',
    example: step('dr:clusters:provision', 'Provision the clusters', {
      spec,
      grant,
    }),
  },
];

export const meshExamples: TemplateExample[] = [
  {
    description: 'The mesh in its own VPC',
    example: step('dr:mesh:provision', 'Provision the mesh', { spec, grant }),
  },
];

export const securityGroupsExamples: TemplateExample[] = [
  {
    description: 'Let the clusters talk to each other',
    example: step('dr:securityGroups:authorize', 'Open the security groups', {
      spec,
      grant,
    }),
  },
];
