import type {
  CallerTopology,
  RegionTopology,
  ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useText } from '../../hooks/useText';
import { splitRows, type SplitRow } from '../../lib/splits';
import { FreshnessPill } from '../common/FreshnessPill';
import { SplitBar } from '../Controls/SplitBars';
import styles from './cards.module.css';

/** Above this many pods a tile shows the number alone. */
const DOTS_UP_TO = 24;

function RegionTile({ region }: { region: RegionTopology }) {
  const { t } = useText();
  const { ready, total, freshness } = region;
  const numbers = { ready: String(ready), total: String(total) };
  return (
    <li className={styles.tile} data-dim={freshness.state !== 'ok'}>
      <span className={styles.tileName}>{region.region}</span>
      <span className={styles.tileReady} data-short={ready < total}>
        {total === 0
          ? t('topology.noPods')
          : t('topology.readyOfTotal', numbers)}
      </span>
      {total > 0 && total <= DOTS_UP_TO && (
        <span className={styles.dots} aria-hidden>
          {Array.from({ length: total }, (_, i) => (
            <i key={i} className={styles.dot} data-ready={i < ready} />
          ))}
        </span>
      )}
      {freshness.state !== 'ok' && <FreshnessPill freshness={freshness} />}
    </li>
  );
}

/** Whose calls a row is about: those of a whole region, or those of its callers by name. */
function useRowTitle(callers: CallerTopology[]): (row: SplitRow) => string {
  const { t } = useText();
  const nameOf = (id: string) => {
    const caller = callers.find(candidate => candidate.id === id);
    return caller?.kind === 'sidecars'
      ? [t('topology.sidecars'), caller.zone].filter(Boolean).join(' ')
      : caller?.name ?? id;
  };
  return ({ region, wholeRegion, callerIds }) =>
    wholeRegion
      ? t('preview.callersAll', { region })
      : t('preview.callersSome', {
          region,
          callers: callerIds.map(nameOf).join(', '),
        });
}

/** Regions with their pods, and where the calls of each region go. */
export function RegionMap(props: {
  topology: ServiceTopology;
  /** Whether the shares of calls are drawn. */
  shares: boolean;
}) {
  const { topology, shares } = props;
  const { t } = useText();
  const titleOf = useRowTitle(topology.callers);
  const regions = [
    ...new Set([
      ...topology.regions.map(({ region }) => region),
      ...topology.predicted.flatMap(split => Object.keys(split.shares)),
    ]),
  ];
  const rows = shares ? splitRows(topology.predicted, []) : [];
  return (
    <>
      <ul className={styles.tiles} aria-label={t('card.regions')}>
        {topology.regions.map(region => (
          <RegionTile key={region.region} region={region} />
        ))}
      </ul>
      {rows.length > 0 && (
        <ul className={styles.shares} aria-label={t('card.shares')}>
          {rows.map(row => (
            <li key={row.callerIds.join()} className={styles.share}>
              <span className={styles.small}>{titleOf(row)}</span>
              <SplitBar split={row.before} regions={regions} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
