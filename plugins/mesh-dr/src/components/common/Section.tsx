import { Box, Text } from '@backstage/ui';
import { useId, type ReactNode } from 'react';
import styles from './common.module.css';

export interface SectionProps {
  title: string;
  /** One sentence under the title. */
  subtitle?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  id?: string;
}

/** A titled card that is a landmark for screen readers. */
export function Section(props: SectionProps) {
  const { title, subtitle, actions, children, id } = props;
  const titleId = useId();
  return (
    <Box
      as="section"
      bg="neutral"
      className={styles.section}
      aria-labelledby={titleId}
      id={id}
    >
      <div className={styles.sectionHead}>
        <div className={styles.sectionTitle}>
          <Text as="h2" id={titleId} variant="title-x-small" weight="bold">
            {title}
          </Text>
          {subtitle && (
            <Text as="p" variant="body-medium" color="secondary">
              {subtitle}
            </Text>
          )}
        </div>
        {actions && <div className={styles.sectionActions}>{actions}</div>}
      </div>
      {children}
    </Box>
  );
}
