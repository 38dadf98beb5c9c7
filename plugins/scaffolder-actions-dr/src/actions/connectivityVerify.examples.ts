import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'Ping between the clusters of two regions',
    example: stringify({
      steps: [
        {
          id: 'connectivity',
          name: 'Prove the network',
          action: 'dr:connectivity:verify',
          input: {
            clusters: [
              {
                id: 'c0f1e2d3c4b5a69788796a5b4c3d2e1f0',
                region: 'cn-hangzhou',
              },
              {
                id: 'c1f1e2d3c4b5a69788796a5b4c3d2e1f1',
                region: 'cn-shanghai',
              },
            ],
            image: 'docker.io/library/busybox:1.36',
          },
        },
      ],
    }),
  },
];
