import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'Remove an environment',
    example: stringify({
      steps: [
        {
          id: 'destroy',
          name: 'Remove the environment',
          action: 'dr:environment:destroy',
          input: {
            environment: 'bookinfo-dr',
            confirm: 'bookinfo-dr',
            grant: '${{ steps.grant.output.grant }}',
          },
        },
      ],
    }),
  },
];
