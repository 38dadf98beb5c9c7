import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'A namespace on every member cluster of a mesh',
    example: stringify({
      steps: [
        {
          id: 'namespace',
          name: 'Create the namespace everywhere',
          action: 'dr:kubernetes:apply',
          input: {
            mesh: 'mesh',
            manifests: [
              {
                apiVersion: 'v1',
                kind: 'Namespace',
                metadata: {
                  name: 'shop',
                  labels: { 'istio-injection': 'enabled' },
                },
              },
            ],
          },
        },
      ],
    }),
  },
  {
    description: "Istio resources on the mesh's control plane, from a file",
    example: stringify({
      steps: [
        {
          id: 'routes',
          name: 'Route the traffic',
          action: 'dr:kubernetes:apply',
          input: {
            mesh: 'mesh',
            target: 'mesh',
            files: ['manifests/routes.yaml'],
            namespace: 'shop',
          },
        },
      ],
    }),
  },
];
