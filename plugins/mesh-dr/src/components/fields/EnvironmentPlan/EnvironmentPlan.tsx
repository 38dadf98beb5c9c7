import { useApi } from '@backstage/frontend-plugin-api';
import type { EnvironmentPreview } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Box, Skeleton, Text } from '@backstage/ui';
import { useCallback, useMemo } from 'react';
import { meshDrApiRef } from '../../../api/meshDrApiRef';
import { usePolling } from '../../../hooks/usePolling';
import { useResourceTitle } from '../../../hooks/useResourceTitle';
import { useText } from '../../../hooks/useText';
import { formatElapsed } from '../../../lib/format';
import common from '../../common/common.module.css';
import { ErrorNotice } from '../../common/ErrorNotice';
import { Pill, type Tone } from '../../common/Pill';
import { BilledItems } from './BilledItems';
import styles from './EnvironmentPlan.module.css';

type Action = EnvironmentPreview['resources'][number]['action'];

const tones: Record<Action, Tone> = {
  create: 'good',
  adopt: 'info',
  keep: 'neutral',
  update: 'warn',
  replace: 'bad',
  delete: 'bad',
  conflict: 'bad',
  missing: 'bad',
};

function Resources(props: { preview: EnvironmentPreview }) {
  const { resources } = props.preview;
  const { t } = useText();
  const titleOf = useResourceTitle();
  return (
    <div className={common.tableScroll}>
      <table className={common.table}>
        <thead>
          <tr>
            <th scope="col">{t('envPlan.resource')}</th>
            <th scope="col">{t('envPlan.action')}</th>
            <th scope="col">{t('envPlan.time')}</th>
          </tr>
        </thead>
        <tbody>
          {resources.map(({ key, title, action, id, reason, expectedMs }) => (
            <tr key={`${key}/${action}`}>
              <th scope="row">
                <span title={title}>{titleOf(key, title)}</span>
                {id && <div className={styles.small}>{id}</div>}
              </th>
              <td>
                <Pill tone={tones[action]}>{t(`envPlan.${action}`)}</Pill>
                {reason && <div className={styles.small}>{reason}</div>}
              </td>
              <td>{expectedMs > 0 && formatElapsed(0, expectedMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What provisioning a spec would do, how long it would take and what is billed, asked of the cloud now. */
export function EnvironmentPlan(props: { spec: Record<string, unknown> }) {
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const titleOf = useResourceTitle();
  // A form makes a new object at every stroke; only another content is another question.
  const text = JSON.stringify(props.spec);
  const load = useCallback(
    (signal: AbortSignal) =>
      api.previewEnvironment(JSON.parse(text), { signal }),
    [api, text],
  );
  const { value: preview, error, refresh } = usePolling(load, 0);
  const counts = useMemo(() => {
    const found = new Map<Action, number>();
    for (const { action } of preview?.resources ?? []) {
      found.set(action, (found.get(action) ?? 0) + 1);
    }
    return [...found];
  }, [preview]);
  if (error) {
    return (
      <ErrorNotice
        title={t('envPlan.failed')}
        error={error}
        onRetry={refresh}
      />
    );
  }
  if (!preview) {
    return (
      <div role="status" aria-label={t('common.loading')}>
        <Skeleton width="100%" height={120} />
      </div>
    );
  }
  const decisive = preview.criticalPath
    .map(key =>
      titleOf(
        key,
        preview.resources.find(item => item.key === key)?.title ?? key,
      ),
    )
    .join(' → ');
  return (
    <Box bg="neutral" className={styles.plan}>
      <div className={styles.summary}>
        {counts.map(([action, count]) => (
          <Pill key={action} tone={tones[action]}>
            {t(`envPlan.${action}`)}: {count}
          </Pill>
        ))}
        <Text as="span" variant="body-medium">
          {preview.expectedMs
            ? t('envPlan.duration', {
                time: formatElapsed(0, preview.expectedMs),
              })
            : t('envPlan.nothing')}
        </Text>
      </div>
      {decisive && (
        <Text as="p" variant="body-small" color="secondary">
          {t('envPlan.decidedBy', { path: decisive })}
        </Text>
      )}
      <BilledItems items={preview.billed} />
      <details>
        <summary>{t('envPlan.details')}</summary>
        <Resources preview={preview} />
      </details>
    </Box>
  );
}
