import type {
  CallerTopology,
  LocalityIntent,
  PredictedOutage,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Skeleton, Text } from '@backstage/ui';
import { RiCheckLine, RiCloseLine, RiLoader4Line } from '@remixicon/react';
import type { PreviewState } from '../../hooks/usePreview';
import { useText } from '../../hooks/useText';
import common from '../common/common.module.css';
import { ErrorNotice } from '../common/ErrorNotice';
import { Pill } from '../common/Pill';
import styles from './Controls.module.css';
import { DiffView } from './DiffView';
import { FindingList } from './FindingList';
import { StepList } from './StepList';
import { SplitBars } from './SplitBars';

/** Services of a mesh-wide preview that are drawn; the rest is counted. */
const MAX_SERVICES = 12;

export interface PreviewPanelProps {
  state: PreviewState;
  regions: string[];
  callers: CallerTopology[];
  /** Left out where there is nothing to change. */
  onFix?: (intent: LocalityIntent) => void;
}

/** What applying would do: findings, shares before and after, steps and the text that would be written. */
export function PreviewPanel(props: PreviewPanelProps) {
  const { state, regions, callers, onFix } = props;
  const { t } = useText();
  const { preview, loading, error } = state;
  return (
    <div className={styles.box} aria-busy={loading}>
      <div className={styles.boxTitle}>
        <Text weight="bold">{t('preview.title')}</Text>
        <span role="status">
          {loading && (
            <Pill icon={<RiLoader4Line aria-hidden />}>
              {t('preview.loading')}
            </Pill>
          )}
          {!loading && preview && (
            <Pill
              tone={preview.applicable ? 'good' : 'bad'}
              icon={
                preview.applicable ? (
                  <RiCheckLine aria-hidden />
                ) : (
                  <RiCloseLine aria-hidden />
                )
              }
            >
              {preview.applicable
                ? t('preview.applicable')
                : t('preview.refused')}
            </Pill>
          )}
        </span>
      </div>
      {error && (
        <ErrorNotice
          title={t('preview.failed')}
          error={error}
          onRetry={state.again}
        />
      )}
      {!preview && loading && (
        <div className={common.stack}>
          <Skeleton width="100%" height={56} />
          <Skeleton width="100%" height={24} />
          <Skeleton width="100%" height={24} />
          <Skeleton width="100%" height={140} />
        </div>
      )}
      {preview && (
        <>
          <FindingList findings={preview.findings} onFix={onFix} />
          {preview.services.slice(0, MAX_SERVICES).map(service => (
            <div
              key={`${service.namespace}/${service.name}`}
              className={common.stack}
              role="group"
              aria-label={`${service.namespace}/${service.name}`}
            >
              {preview.target.scope === 'mesh' && (
                <Text weight="bold" variant="body-medium">
                  {service.namespace}/{service.name}
                </Text>
              )}
              <SplitBars
                before={service.before}
                after={service.after}
                regions={regions}
                callers={callers}
              />
              {service.outage && <OutageLine outage={service.outage} />}
            </div>
          ))}
          {preview.services.length > MAX_SERVICES && (
            <Text as="p" color="secondary">
              {t('preview.moreServices', {
                count: preview.services.length - MAX_SERVICES,
              })}
            </Text>
          )}
          {preview.steps.length > 0 && (
            <div className={common.stack}>
              <Text weight="bold">{t('preview.steps')}</Text>
              <StepList steps={preview.stepMessages} />
            </div>
          )}
          <DiffView before={preview.before} after={preview.after} />
        </>
      )}
    </div>
  );
}

/** One line: which calls fail, and for how long, when the region whose loss is the worst is lost under the new rule. */
function OutageLine({ outage }: { outage: PredictedOutage }) {
  const { t } = useText();
  const callers = outage.callers.map(({ callerRegion, before, after }) =>
    t('preview.outageCaller', {
      region: callerRegion,
      first: String(after.firstPercent),
      seconds: String(after.firstSeconds),
      staying: String(after.stayingPercent),
      now: String(before.stayingPercent),
    }),
  );
  return (
    <Text as="p" variant="body-small" color="secondary">
      {t('preview.outage', {
        region: outage.region,
        callers: callers.join('; '),
      })}
    </Text>
  );
}
