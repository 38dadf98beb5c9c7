import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import { EnvironmentPlan } from './EnvironmentPlan';
import { specOf, type EnvironmentForm } from './specOf';

/** The field's name in templates: `ui:field: EnvironmentPlanField`. */
export const ENVIRONMENT_PLAN_FIELD = 'EnvironmentPlanField';

/** The last page of an environment's form: the plan of what was filled in before. It has no value of its own. */
export function EnvironmentPlanField(
  props: FieldExtensionComponentProps<undefined>,
) {
  const form = props.formContext?.formData as EnvironmentForm | undefined;
  return <EnvironmentPlan spec={specOf(form ?? {})} />;
}
