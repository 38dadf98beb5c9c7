import { acts } from './acts';
import { approval } from './approval';
import { cards } from './cards';
import { controls } from './controls';
import { entry } from './entry';
import { environmentPlan } from './environmentPlan';
import { evidence } from './evidence';
import { findings } from './findings';
import { guardrails } from './guardrails';
import { membership } from './membership';
import { mesh } from './mesh';
import { plan } from './plan';
import { resources } from './resources';
import { service } from './service';
import { states } from './states';
import { steps } from './steps';
import { whatIf } from './whatIf';

/** Every English message by its key. */
export const messages = {
  ...service,
  ...states,
  ...resources,
  ...cards,
  ...controls,
  ...membership,
  ...mesh,
  ...findings,
  ...evidence,
  ...steps,
  ...guardrails,
  ...plan,
  ...environmentPlan,
  ...entry,
  ...approval,
  ...acts,
  ...whatIf,
} as const;

/** Keys that exist, for texts whose key comes with data. */
export const messageKeys: ReadonlySet<string> = new Set(Object.keys(messages));
