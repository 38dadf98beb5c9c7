import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'Write a change to a repository as a pull request',
    example: stringify({
      steps: [
        {
          id: 'export',
          name: 'Export the change',
          action: 'dr:changes:export',
          input: { change: '1b4f0f1c-2a1e-4c86-9c5d-1f1a1f6f0a11' },
        },
        {
          id: 'publish',
          name: 'Open a pull request',
          action: 'publish:github:pull-request',
          input: {
            repoUrl: 'github.com?owner=platform&repo=mesh-rules',
            branchName: 'mesh-dr/1b4f0f1c',
            title: 'Locality rule of reviews',
            description: '${{ steps.export.output.description }}',
          },
        },
      ],
    }),
  },
];
