import { usePermission } from '@backstage/plugin-permission-react';
import type { BasicPermission } from '@backstage/plugin-permission-common';

/** Whether the reader has a right; undefined while that is asked, or cannot be: the backend decides in any case. */
export function usePermitted(permission: BasicPermission): boolean | undefined {
  const { allowed, error, loading } = usePermission({ permission });
  return loading || error ? undefined : allowed;
}
