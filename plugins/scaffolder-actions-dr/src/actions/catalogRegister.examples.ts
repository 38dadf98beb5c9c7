import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'A component whose traffic the portal shows',
    example: stringify({
      steps: [
        {
          id: 'register',
          name: 'Register the component',
          action: 'dr:catalog:register',
          input: {
            environment: 'bookinfo-dr',
            entities: [
              {
                apiVersion: 'backstage.io/v1alpha1',
                kind: 'Component',
                metadata: {
                  name: 'reviews',
                  annotations: {
                    'mesh-dr.io/host': 'reviews.default',
                    'mesh-dr.io/mesh': 'mesh',
                  },
                },
                spec: {
                  type: 'service',
                  lifecycle: 'production',
                  owner: 'group:default/bookinfo-owners',
                },
              },
            ],
          },
        },
      ],
    }),
  },
];
