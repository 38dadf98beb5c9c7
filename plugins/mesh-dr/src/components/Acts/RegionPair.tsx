import type { ServiceTopology } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Select } from '@backstage/ui';
import { RiArrowRightLine } from '@remixicon/react';
import { useText } from '../../hooks/useText';
import styles from './Acts.module.css';

/** The region that calls leave, and the one that takes them. */
export interface Way {
  from: string;
  to: string;
}

/** From the region that can be left to the one with the most ready pods; a region that cannot be reached is left first. */
export function likelyWay({ regions }: ServiceTopology): Way {
  const [from] = [...regions].sort(
    (a, b) =>
      Number(a.freshness.state === 'ok') - Number(b.freshness.state === 'ok') ||
      b.total - a.total,
  );
  const [to] = regions
    .filter(({ region }) => region !== from?.region)
    .sort((a, b) => b.ready - a.ready);
  return { from: from?.region ?? '', to: to?.region ?? '' };
}

/** Two regions to choose; choosing one on both sides swaps them. */
export function RegionPair(props: {
  way: Way;
  topology: ServiceTopology;
  onChange: (way: Way) => void;
}) {
  const { way, topology, onChange } = props;
  const { t } = useText();
  const options = topology.regions.map(({ region, ready, total }) => ({
    value: region,
    label: `${region} · ${t('topology.readyOfTotal', {
      ready: String(ready),
      total: String(total),
    })}`,
  }));
  const other = { from: 'to', to: 'from' } as const;
  const set = (side: keyof Way, region: string) =>
    onChange({
      ...way,
      [side]: region,
      ...(region === way[other[side]] && { [other[side]]: way[side] }),
    });
  return (
    <div className={styles.pair}>
      <Select
        label={t('acts.from')}
        options={options}
        selectedKey={way.from}
        onSelectionChange={key => set('from', String(key))}
      />
      <span className={styles.arrow} aria-hidden>
        <RiArrowRightLine />
      </span>
      <Select
        label={t('acts.to')}
        options={options}
        selectedKey={way.to}
        onSelectionChange={key => set('to', String(key))}
      />
    </div>
  );
}
