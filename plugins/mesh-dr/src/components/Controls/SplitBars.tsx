import type {
  CallerTopology,
  PredictedSplit,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { VisuallyHidden } from '@backstage/ui';
import { useText } from '../../hooks/useText';
import { formatPercent } from '../../lib/format';
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
  const ids = [...new Set([...after, ...before].map(split => split.callerId))];
  return (
    <>
      {ids.map(id => {
        const was = before.find(split => split.callerId === id);
        const becomes = after.find(split => split.callerId === id);
        const caller = callers.find(candidate => candidate.id === id);
        const region = (becomes ?? was)?.callerRegion ?? '';
        return (
          <div key={id} className={styles.caller}>
            <span className={styles.callerName}>
              {caller?.kind === 'gateway'
                ? t('preview.callerGateway', { name: caller.name, region })
                : t('preview.callerSidecars', { region })}
            </span>
            <div className={styles.splitLine}>
              <span>{t('preview.now')}</span>
              <SplitBar split={was} regions={all} />
            </div>
            <div className={styles.splitLine}>
              <span>{t('preview.after')}</span>
              <SplitBar split={becomes} regions={all} />
            </div>
          </div>
        );
      })}
    </>
  );
}
