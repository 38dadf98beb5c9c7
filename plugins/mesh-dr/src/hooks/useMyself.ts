import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import { useEffect, useState } from 'react';

/** Reference of the reader's user entity; undefined until it is known. */
export function useMyself(): string | undefined {
  const identity = useApi(identityApiRef);
  const [ref, setRef] = useState<string>();
  useEffect(() => {
    let current = true;
    identity.getBackstageIdentity().then(
      ({ userEntityRef }) => current && setRef(userEntityRef),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [identity]);
  return ref;
}
