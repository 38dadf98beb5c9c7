import { useApi } from '@backstage/frontend-plugin-api';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import type { changeApprovePermission } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useEffect, useState } from 'react';

/**
 * Whether the reader has a permission that hangs on no resource; no while that is not known. Asked anew by every page, so
 * that a right just given is seen. The server judges again whatever is pressed.
 */
export function useMayI(permission: typeof changeApprovePermission): boolean {
  const api = useApi(permissionApiRef);
  const [allowed, setAllowed] = useState(false);
  useEffect(() => {
    let current = true;
    api.authorize({ permission }).then(
      ({ result }) => current && setAllowed(result === 'ALLOW'),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [api, permission]);
  return allowed;
}
