import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'Right to provision an environment and join its clusters',
    example: stringify({
      steps: [
        {
          id: 'grant',
          name: 'Obtain the right to go on',
          action: 'dr:operations:grant',
          input: {
            environment: 'bookinfo-dr',
            operations: ['environment.provision', 'cluster.join'],
            durationMinutes: 120,
          },
        },
      ],
    }),
  },
];
