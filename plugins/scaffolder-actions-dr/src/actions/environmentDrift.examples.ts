import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'Say how the cloud differs from an environment',
    example: stringify({
      steps: [
        {
          id: 'drift',
          name: 'Compare with the cloud',
          action: 'dr:environment:drift',
          input: { environment: 'bookinfo-dr' },
        },
      ],
    }),
  },
  {
    description: 'Fail when anything differs',
    example: stringify({
      steps: [
        {
          id: 'drift',
          name: 'Compare with the cloud',
          action: 'dr:environment:drift',
          input: { environment: 'bookinfo-dr', failOnDrift: true },
        },
      ],
    }),
  },
];
