import { Text } from '@backstage/ui';
import type { ReactNode } from 'react';
import styles from './common.module.css';

export interface EmptyStateProps {
  title: string;
  description: ReactNode;
  /** Text to copy, e.g. the YAML to add. */
  code?: string;
  action?: ReactNode;
}

/** Nothing here yet, and how to change that. */
export function EmptyState(props: EmptyStateProps) {
  const { title, description, code, action } = props;
  return (
    <div className={styles.empty}>
      <Text as="h3" variant="body-large" weight="bold">
        {title}
      </Text>
      <Text as="p" variant="body-medium" color="secondary">
        {description}
      </Text>
      {code && <pre className={`${styles.pre} ${styles.code}`}>{code}</pre>}
      {action}
    </div>
  );
}
