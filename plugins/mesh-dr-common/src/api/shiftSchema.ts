import { z } from 'zod';
import {
  connectionPoolSchema,
  kubernetesName,
  outlierDetectionSchema,
  overridesSchema,
  reasonSchema,
  region,
  textField,
  whole,
} from '../locality/rules';
import type { CreateShiftRequest } from './shifts';

/** Body of `POST /v1/shifts`. */
export const createShiftRequestSchema: z.ZodType<CreateShiftRequest> = z
  .strictObject({
    target: z.strictObject({
      meshId: textField('target.meshId', 'c1234567890abcdef'),
      namespace: kubernetesName('target.namespace', 'default'),
      name: kubernetesName('target.name', 'reviews'),
    }),
    from: region('from'),
    to: region('to'),
    steps: z
      .array(whole('steps', 1, 100, 'each is a percentage of the calls'))
      .min(1, 'steps is empty; name at least one percentage, e.g. 100')
      .max(20, 'steps has more than 20 entries; take fewer, larger steps'),
    holdSeconds: whole(
      'holdSeconds',
      1,
      86400,
      'each step is watched that long before the next one',
    ),
    outlierDetection: outlierDetectionSchema,
    connectionPool: connectionPoolSchema.optional(),
    abortOn: z
      .strictObject({
        minReadyPercent: whole(
          'abortOn.minReadyPercent',
          0,
          100,
          'with fewer pods ready in the target region the shift goes back',
        ).optional(),
        minSuccessPercent: z
          .number()
          .min(0, 'abortOn.minSuccessPercent must be from 0 to 100')
          .max(100, 'abortOn.minSuccessPercent must be from 0 to 100')
          .optional(),
      })
      .optional(),
    reason: reasonSchema,
    overrides: overridesSchema.optional(),
  })
  .superRefine(({ from, to, steps }, ctx) => {
    if (from === to) {
      ctx.addIssue({
        code: 'custom',
        path: ['to'],
        message: `to is "${to}", the region that calls are to leave; name another one`,
      });
    }
    const falls = steps.findIndex(
      (percent, index) => index > 0 && percent <= steps[index - 1],
    );
    if (falls > 0) {
      ctx.addIssue({
        code: 'custom',
        path: ['steps', falls],
        message: `steps has ${steps[falls]} after ${
          steps[falls - 1]
        }, but has to rise with every step`,
      });
    }
  });
