import type { ControlApi } from '../contract';
import { ControlError } from '../control';

const KINDS = [
  'throttle',
  'error',
  'slow',
  'reset-before',
  'reset-after',
] as const;

/** A disturbance of OpenAPI calls. Fields that are left out match everything. */
export interface FaultRule {
  id: string;
  kind: (typeof KINDS)[number];
  /** Product code (`Vpc`, `Cbn`, `Ecs`, `CS`, `servicemesh`, `Sts`). */
  product?: string;
  /** Operation name, e.g. `CreateVpc`. */
  action?: string;
  regionId?: string;
  /** How often it still applies; without it, until it is deleted. */
  times?: number;
  /** Share of the matching calls, 0 to 1; default 1. */
  probability?: number;
  /** For `slow`: real milliseconds before the call is carried out. */
  delayMs?: number;
  /** For `error`: HTTP status (default 503) and code. */
  status?: number;
  code?: string;
}

export interface Faults {
  /** The first rule that applies to the call; uses it up once. */
  take(call: {
    product: string;
    action: string;
    regionId?: string;
  }): FaultRule | undefined;
}

/** Fault rules, managed by GET, POST and DELETE on `/faults/openapi` and DELETE on `/faults/openapi/:id` of the control API. */
export function createFaults(control: ControlApi): Faults {
  let rules: FaultRule[] = [];
  let counter = 0;

  control.route('GET', '/faults/openapi', () => ({ faults: rules }));
  control.route('POST', '/faults/openapi', ({ body }) => {
    if (!KINDS.includes(body?.kind)) {
      throw new ControlError(
        400,
        `kind '${body?.kind}' is none of ${KINDS.join(', ')}`,
      );
    }
    const rule: FaultRule = { ...body, id: `fault-${++counter}` };
    rules.push(rule);
    return rule;
  });
  control.route('DELETE', '/faults/openapi', () => {
    rules = [];
  });
  control.route('DELETE', '/faults/openapi/:id', ({ params }) => {
    if (!rules.some(rule => rule.id === params.id)) {
      throw new ControlError(404, `There is no fault ${params.id}`);
    }
    rules = rules.filter(rule => rule.id !== params.id);
  });

  return {
    take(call) {
      const rule = rules.find(
        candidate =>
          (!candidate.product || candidate.product === call.product) &&
          (!candidate.action || candidate.action === call.action) &&
          (!candidate.regionId || candidate.regionId === call.regionId) &&
          Math.random() < (candidate.probability ?? 1),
      );
      if (rule?.times !== undefined && --rule.times <= 0) {
        rules = rules.filter(other => other !== rule);
      }
      return rule;
    },
  };
}
