import {
  checkNetworkPlan,
  GUIDE_PLAN,
  type NetworkPlan,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  CustomFieldValidator,
  FieldExtensionComponentProps,
} from '@backstage/plugin-scaffolder-react';
import { useEffect } from 'react';
import { NetworkPlanEditor } from './NetworkPlanEditor';

/** The field's name in templates: `ui:field: NetworkPlanField`. */
export const NETWORK_PLAN_FIELD = 'NetworkPlanField';

/** A whole network plan as one form field. Without a value it begins with the guide's plan. */
export function NetworkPlanField(
  props: FieldExtensionComponentProps<NetworkPlan>,
) {
  const { formData, onChange, formContext } = props;
  const empty = !formData?.vpcs;
  useEffect(() => {
    if (empty) onChange(GUIDE_PLAN);
  }, [empty, onChange]);
  if (empty) return null;
  return (
    <NetworkPlanEditor
      plan={formData}
      onChange={onChange}
      account={formContext?.formData?.account || undefined}
    />
  );
}

/** Keeps a form from going on with a plan that cannot work. */
export const validateNetworkPlan: CustomFieldValidator<NetworkPlan> = (
  plan,
  validation,
) => {
  if (!plan?.vpcs) return;
  for (const finding of checkNetworkPlan(plan)) {
    if (finding.severity === 'error') {
      validation.addError(`${finding.path}: ${finding.message}`);
    }
  }
};
