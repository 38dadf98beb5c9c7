import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'Every call of reviews must be answered from Shanghai',
    example: stringify({
      steps: [
        {
          id: 'verify',
          name: 'Count the answers by region',
          action: 'dr:traffic:verify',
          input: {
            mesh: 'mesh',
            name: 'reviews',
            requests: 50,
            gatewayRegion: 'cn-hangzhou',
            expect: [{ region: 'cn-shanghai', minPercent: 100 }],
          },
        },
      ],
    }),
  },
];
