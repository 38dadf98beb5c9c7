import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import {
  formatFilters,
  parseFilters,
  type ServiceFilters,
} from '../lib/serviceFilters';

/** Rest before what is typed goes into the address, ms. */
const DEBOUNCE_MS = 250;

/** The filters of the page's address, so that they can be shared and survive a reload; what is typed counts at once. */
export function useServiceFilters(): {
  filters: ServiceFilters;
  setFilters: (changed: Partial<ServiceFilters>) => void;
} {
  const [parameters, setParameters] = useSearchParams();
  const inAddress = useMemo(() => parseFilters(parameters), [parameters]);
  const [search, setSearch] = useState(inAddress.search);
  const written = useRef(inAddress.search);
  const write = useCallback(
    (changed: Partial<ServiceFilters>) =>
      setParameters(
        previous =>
          formatFilters({ ...parseFilters(previous), ...changed }, previous),
        // A filter is no page of its own: Back leaves the mesh.
        { replace: true, preventScrollReset: true },
      ),
    [setParameters],
  );
  useEffect(() => {
    // A link or Back brought another search; what was typed here is in the address already.
    if (inAddress.search !== written.current) {
      written.current = inAddress.search;
      setSearch(inAddress.search);
    }
  }, [inAddress.search]);
  useEffect(() => {
    if (search === written.current) return undefined;
    const timer = setTimeout(() => {
      written.current = search;
      write({ search });
    }, DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [search, write]);
  const setFilters = useCallback(
    ({ search: typed, ...changed }: Partial<ServiceFilters>) => {
      if (typed !== undefined) setSearch(typed);
      if (Object.keys(changed).length > 0) write(changed);
    },
    [write],
  );
  const filters = useMemo(
    () => ({ ...inAddress, search }),
    [inAddress, search],
  );
  return { filters, setFilters };
}
