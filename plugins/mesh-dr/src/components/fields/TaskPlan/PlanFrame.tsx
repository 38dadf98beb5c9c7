import { Box, Skeleton } from '@backstage/ui';
import type { ReactNode } from 'react';
import type { Polled } from '../../../hooks/usePolling';
import { useText } from '../../../hooks/useText';
import { ErrorNotice } from '../../common/ErrorNotice';
import styles from '../EnvironmentPlan/EnvironmentPlan.module.css';

/** The frame around what a task would do: its shape while that is asked for, the error, or the plan. */
export function PlanFrame<T>(props: {
  plan: Polled<T>;
  children: (value: T) => ReactNode;
}) {
  const { plan, children } = props;
  const { t } = useText();
  if (plan.error) {
    return (
      <ErrorNotice
        title={t('taskPlan.failed')}
        error={plan.error}
        onRetry={plan.refresh}
      />
    );
  }
  if (plan.value === undefined) {
    return (
      <div role="status" aria-label={t('common.loading')}>
        <Skeleton width="100%" height={120} />
      </div>
    );
  }
  return (
    <Box bg="neutral" className={styles.plan}>
      {children(plan.value)}
    </Box>
  );
}
