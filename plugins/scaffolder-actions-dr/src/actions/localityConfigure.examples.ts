import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const failoverExamples: TemplateExample[] = [
  {
    description: 'Fail reviews over between Hangzhou and Shanghai',
    example: stringify({
      steps: [
        {
          id: 'failover',
          name: 'Protect reviews',
          action: 'dr:failover:configure',
          input: {
            mesh: 'mesh',
            service: { namespace: 'default', name: 'reviews' },
            failover: [
              { from: 'cn-hangzhou', to: 'cn-shanghai' },
              { from: 'cn-shanghai', to: 'cn-hangzhou' },
            ],
            outlierDetection: {
              consecutive5xxErrors: 1,
              interval: '1s',
              baseEjectionTime: '1m',
              maxEjectionPercent: 100,
            },
            reason: 'Protect reviews against the loss of a region',
          },
        },
      ],
    }),
  },
];

export const distributionExamples: TemplateExample[] = [
  {
    description: 'Send 10 % of the calls from Hangzhou to Shanghai',
    example: stringify({
      steps: [
        {
          id: 'distribution',
          name: 'Share the load',
          action: 'dr:distribution:configure',
          input: {
            mesh: 'mesh',
            service: { namespace: 'default', name: 'reviews' },
            distribute: [
              {
                from: 'cn-hangzhou',
                to: { 'cn-hangzhou': 90, 'cn-shanghai': 10 },
              },
            ],
            reason: 'Warm Shanghai up',
          },
        },
      ],
    }),
  },
];
