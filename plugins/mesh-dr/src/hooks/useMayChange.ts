import { usePermission } from '@backstage/plugin-permission-react';
import {
  meshRuleChangePermission,
  ruleChangePermission,
  serviceResourceRef,
  type RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** Whether the reader may change the rule of the target; undefined while that is asked, or cannot be. */
export function useMayChange(target: RuleTarget): boolean | undefined {
  const { allowed, error, loading } = usePermission(
    target.scope === 'mesh'
      ? { permission: meshRuleChangePermission }
      : {
          permission: ruleChangePermission,
          resourceRef: serviceResourceRef(target),
        },
  );
  // The backend decides in any case; a permission service in trouble must not lock an owner out of the page.
  return loading || error ? undefined : allowed;
}
