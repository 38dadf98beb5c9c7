import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'Add both clusters of an environment to its mesh',
    example: stringify({
      steps: [
        {
          id: 'join',
          name: 'Add the clusters to the mesh',
          action: 'dr:clusters:join',
          input: {
            mesh: 'mesh',
            clusters: [
              'c0f1e2d3c4b5a69788796a5b4c3d2e1f0',
              'c1f1e2d3c4b5a69788796a5b4c3d2e1f1',
            ],
            environment: 'bookinfo-dr',
          },
        },
      ],
    }),
  },
];
