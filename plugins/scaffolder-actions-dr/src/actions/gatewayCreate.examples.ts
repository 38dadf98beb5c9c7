import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'An ingress gateway on every member cluster',
    example: stringify({
      steps: [
        {
          id: 'gateway',
          name: 'Create the ingress gateway',
          action: 'dr:gateway:create',
          input: { mesh: 'mesh', name: 'ingressgateway' },
        },
      ],
    }),
  },
];
