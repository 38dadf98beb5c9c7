import { Box, Skeleton } from '@backstage/ui';
import { useText } from '../../hooks/useText';
import common from '../common/common.module.css';
import styles from './ServiceTab.module.css';

/** The shape of the tab while it loads: banner, two regions, controls. */
export function ServiceSkeleton() {
  const { t } = useText();
  return (
    <div className={styles.tab} role="status" aria-label={t('common.loading')}>
      <Box bg="neutral" className={styles.banner}>
        <Skeleton width={32} height={32} rounded />
        <div className={styles.bannerText}>
          <Skeleton width={120} height={20} />
          <Skeleton width="70%" height={26} />
        </div>
      </Box>
      <Box bg="neutral" className={common.section}>
        <div className={common.stack}>
          <Skeleton width={220} height={24} />
          <div
            style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 24 }}
          >
            <Skeleton width="100%" height={330} />
            <Skeleton width="100%" height={330} />
          </div>
        </div>
      </Box>
      <SectionSkeleton height={160} />
    </div>
  );
}

/** The shape of the controls, the verification and the changes until they are drawn. */
export function WorkbenchSkeleton() {
  return (
    <>
      <SectionSkeleton height={680} />
      <SectionSkeleton height={120} />
      <SectionSkeleton height={120} />
    </>
  );
}

/** The shape of a titled card; `height` of what stands below its head, CSS pixels. */
function SectionSkeleton(props: { height: number }) {
  return (
    <Box bg="neutral" className={common.section}>
      <div className={common.stack}>
        <Skeleton width={260} height={24} />
        <Skeleton width={360} height={36} />
        <Skeleton width="100%" height={props.height} />
      </div>
    </Box>
  );
}
