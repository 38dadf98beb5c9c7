import { z } from 'zod';
import type { SimulationRequest } from '../api/simulation';
import { localityIntentSchema } from '../locality/rules';

/** Enough for any drill on paper; more is a mistake or an attack. */
const MANY = 100;
const CALLS = 20_000;

const name = (field: string) =>
  z
    .string({ error: `${field} must be text` })
    .trim()
    .min(1, `${field} is empty; give it a value`)
    .max(253, `${field} is longer than 253 characters; shorten it`);

const serviceId = (field: string) =>
  name(field).regex(
    /^[a-z0-9.-]+\/[a-z0-9.-]+$/,
    `${field} must be namespace/name, e.g. default/reviews`,
  );

const positive = (field: string) =>
  z
    .number({ error: `${field} must be a number` })
    .positive(`${field} must be more than 0`)
    .max(1e9, `${field} is more than a billion; check the unit`);

const area = { region: name('region'), zone: name('zone').optional() };

const editSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('down'),
      entriesMove: z.boolean().optional(),
      service: serviceId('service').optional(),
      ...area,
    }),
    z.strictObject({
      kind: z.literal('removed'),
      service: serviceId('service').optional(),
      ...area,
    }),
    z.strictObject({
      kind: z.literal('version-removed'),
      service: serviceId('service'),
      version: name('version'),
      region: name('region').optional(),
    }),
    z.strictObject({
      kind: z.literal('replicas'),
      service: serviceId('service'),
      version: name('version').optional(),
      ready: z
        .number({ error: 'ready must be a number of endpoints' })
        .int('ready must be a whole number of endpoints')
        .min(0, 'ready is below 0; use 0 to take all away')
        .max(100_000, 'ready is above 100000'),
      ...area,
    }),
  ],
  {
    error:
      'an edit needs a kind: "down", "removed", "version-removed" or "replicas"; rules go into "rules"',
  },
);

/** Body of `POST /v1/meshes/:mesh/simulations`. */
export const simulationRequestSchema: z.ZodType<SimulationRequest> =
  z.strictObject({
    edits: z
      .array(editSchema, { error: 'edits must be a list; [] changes nothing' })
      .max(MANY, `edits has more than ${MANY} entries`),
    rules: z
      .array(
        z.strictObject({
          service: z
            .strictObject({
              namespace: name('service.namespace'),
              name: name('service.name'),
            })
            .optional(),
          intent: localityIntentSchema,
        }),
      )
      .max(MANY, `rules has more than ${MANY} entries`)
      .optional(),
    calls: z
      .array(
        z.strictObject({
          from: serviceId('from'),
          to: serviceId('to'),
          callsPerRequest: positive('callsPerRequest').optional(),
          bytesPerCall: positive('bytesPerCall').optional(),
          optional: z.boolean().optional(),
        }),
      )
      .max(CALLS, `calls has more than ${CALLS} entries`)
      .optional(),
    requestsPerSecond: z
      .record(name('entry'), positive('requestsPerSecond'))
      .optional(),
    capacityPerEndpoint: z
      .record(serviceId('service'), positive('capacityPerEndpoint'))
      .optional(),
    services: z
      .array(serviceId('services'))
      .max(MANY, `services has more than ${MANY} entries`)
      .optional(),
  });
