import type { VerificationResult } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { RiCheckLine, RiCloseLine, RiSubtractLine } from '@remixicon/react';
import { Fragment } from 'react';
import { useText } from '../../hooks/useText';
import { formatPercent } from '../../lib/format';
import common from '../common/common.module.css';
import { Pill } from '../common/Pill';
import styles from './Verify.module.css';

/** Slack for a prediction that sits on the rounding of an interval's end, percentage points. */
const TOLERANCE = 0.5;

/** Answers by region with their confidence interval beside the prediction. */
export function TallyPlot(props: { result: VerificationResult }) {
  const { result } = props;
  const { t, locale } = useText();
  const regions = [
    ...new Set([
      ...Object.keys(result.predicted ?? {}),
      ...Object.keys(result.shares),
    ]),
  ];
  const percent = (value: number) => `${formatPercent(value, locale)} %`;
  return (
    <div className={common.stack} role="status" aria-live="polite">
      <div className={styles.plot}>
        {regions.map(region => {
          const seen = result.shares[region] ?? {
            percent: 0,
            low: 0,
            high: 0,
          };
          const predicted = result.predicted?.[region];
          const fits =
            predicted === undefined
              ? undefined
              : predicted >= seen.low - TOLERANCE &&
                predicted <= seen.high + TOLERANCE;
          return (
            <Fragment key={region}>
              <strong>{region}</strong>
              <div className={styles.track} aria-hidden>
                <div
                  className={styles.seen}
                  style={{ width: `${seen.percent}%` }}
                />
                <div
                  className={styles.interval}
                  style={{
                    left: `${seen.low}%`,
                    width: `max(4px, ${seen.high - seen.low}%)`,
                  }}
                />
                {predicted !== undefined && (
                  <div
                    className={styles.predicted}
                    style={{ left: `min(calc(100% - 3px), ${predicted}%)` }}
                  />
                )}
              </div>
              <div className={styles.numbers}>
                <div>
                  {t('verify.answers', {
                    n: String(result.byRegion[region] ?? 0),
                    total: String(result.requests),
                  })}{' '}
                  · <strong>{percent(seen.percent)}</strong>
                </div>
                <div className={styles.small}>
                  {t('verify.interval', {
                    low: percent(seen.low),
                    high: percent(seen.high),
                  })}
                  {predicted !== undefined &&
                    ` · ${t('verify.predicted', {
                      percent: percent(predicted),
                    })}`}
                </div>
                {fits !== undefined && (
                  <Pill
                    tone={fits ? 'good' : 'warn'}
                    icon={
                      fits ? (
                        <RiCheckLine aria-hidden />
                      ) : (
                        <RiCloseLine aria-hidden />
                      )
                    }
                  >
                    {fits ? t('verify.fits') : t('verify.differs')}
                  </Pill>
                )}
              </div>
            </Fragment>
          );
        })}
      </div>
      <div className={styles.versions}>
        {Object.entries(result.byVersion).map(([version, count]) => (
          <Pill key={version}>
            {t('verify.version', { version, n: String(count) })}
          </Pill>
        ))}
        <Pill
          tone={result.failed > 0 ? 'bad' : 'good'}
          icon={
            result.failed > 0 ? (
              <RiCloseLine aria-hidden />
            ) : (
              <RiCheckLine aria-hidden />
            )
          }
        >
          {t('verify.failedCount', { n: String(result.failed) })}
        </Pill>
        {result.unknown > 0 && (
          <Pill tone="warn" icon={<RiSubtractLine aria-hidden />}>
            {t('verify.unknownCount', { n: String(result.unknown) })}
          </Pill>
        )}
        <span className={styles.small}>
          {t('verify.via', {
            gateway: `${result.gateway.address} (${result.gateway.region})`,
            seconds: formatPercent(result.durationMs / 1000, locale),
          })}
        </span>
      </div>
    </div>
  );
}
