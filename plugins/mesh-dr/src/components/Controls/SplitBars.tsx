import type {
  CallerTopology,
  PredictedSplit,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { VisuallyHidden } from '@backstage/ui';
import { useText } from '../../hooks/useText';
import { formatPercent } from '../../lib/format';
import { splitRows } from '../../lib/splits';
import styles from './Controls.module.css';

/** Shares from which the number, and the region's name before it, fit into their part of the bar. */
const NUMBER_FROM = 7;
const NAME_FROM = 30;

/** One bar: a share per region, with the numbers in it. */
export function SplitBar(props: { split?: PredictedSplit; regions: string[] }) {
  const { split, regions } = props;
  const { t, locale } = useText();
  if (!split || split.noHealthyUpstream) {
    return (
      <span className={styles.splitBar}>
        <span className={styles.splitNone}>
          {split ? t('topology.noUpstream') : t('preview.unknown')}
        </span>
      </span>
    );
  }
  const parts = regions
    .map((region, index) => ({
      region,
      index,
      share: split.shares[region] ?? 0,
    }))
    .filter(part => part.share > 0);
  return (
    <span>
      <span className={styles.splitBar} aria-hidden>
        {parts.map(({ region, index, share }) => (
          <span
            key={region}
            className={styles.splitPart}
            data-index={index % 5}
            style={{ flexGrow: share, flexBasis: 0 }}
            title={`${region} ${formatPercent(share, locale)} %`}
          >
            {share >= NAME_FROM && `${region} `}
            {share >= NUMBER_FROM && `${formatPercent(share, locale)} %`}
          </span>
        ))}
      </span>
      <VisuallyHidden>
        {parts
          .map(
            ({ region, share }) =>
              `${region} ${formatPercent(share, locale)} %`,
          )
          .join(', ')}
      </VisuallyHidden>
    </span>
  );
}

/** Before and after, per caller. */
export function SplitBars(props: {
  before: PredictedSplit[];
  after: PredictedSplit[];
  regions: string[];
  callers: CallerTopology[];
}) {
  const { before, after, regions, callers } = props;
  const { t } = useText();
  const all = [
    ...new Set([
      ...regions,
      ...[...before, ...after].flatMap(split => Object.keys(split.shares)),
    ]),
  ];
  const nameOf = (id: string) => {
    const caller = callers.find(candidate => candidate.id === id);
    if (caller?.kind !== 'sidecars') return caller?.name ?? id;
    return [t('topology.sidecars'), caller.zone].filter(Boolean).join(' ');
  };
  return (
    <>
      {splitRows(before, after).map(row => (
        <div key={row.callerIds.join()} className={styles.caller}>
          <span className={styles.callerName}>
            {row.wholeRegion
              ? t('preview.callersAll', { region: row.region })
              : t('preview.callersSome', {
                  region: row.region,
                  callers: row.callerIds.map(nameOf).join(', '),
                })}
          </span>
          <div className={styles.splitLine}>
            <span>{t('preview.now')}</span>
            <SplitBar split={row.before} regions={all} />
          </div>
          <div className={styles.splitLine}>
            <span>{t('preview.after')}</span>
            <SplitBar split={row.after} regions={all} />
          </div>
        </div>
      ))}
    </>
  );
}
