import { Link } from '@backstage/ui';
import type { ServiceTopology } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useEffect, useState } from 'react';
import type { ServiceCheck, ServiceCheckResult } from '../../additions/types';
import { useText } from '../../hooks/useText';
import { RequirementLine } from './RequirementLine';

/** A check that somebody added, run anew when the topology changed; the line keeps its last result meanwhile. */
export function CheckLine(props: {
  check: ServiceCheck;
  topology: ServiceTopology;
}) {
  const { check, topology } = props;
  const { language, t } = useText();
  const [result, setResult] = useState<ServiceCheckResult>();

  useEffect(() => {
    const running = new AbortController();
    const { signal } = running;
    // Also what a check throws at once becomes a result.
    (async () => check.check(topology, { language, signal }))()
      .catch(
        (error: Error): ServiceCheckResult => ({
          state: 'unknown',
          message: t('check.failed', { error: error.message }),
        }),
      )
      .then(found => {
        if (!signal.aborted) setResult(found);
      });
    return () => running.abort();
  }, [check, language, topology, t]);

  const title =
    typeof check.title === 'string' ? check.title : check.title(language);
  return result ? (
    <RequirementLine
      name={title}
      state={result.state}
      label={t(`check.${result.state}`, { title })}
    >
      {result.message}{' '}
      {result.href && <Link href={result.href}>{t('check.open')}</Link>}
    </RequirementLine>
  ) : null;
}
