import { NumberField, Slider, Text } from '@backstage/ui';
import { useText } from '../../hooks/useText';
import { setWeight, type Weights } from '../../lib/weights';
import styles from './Controls.module.css';

export interface DistributionEditorProps {
  rows: { from: string; to: Weights }[];
  onChange: (rows: { from: string; to: Weights }[]) => void;
}

/** One row per caller region; moving one slider moves the others so that the row always sums to 100. */
export function DistributionEditor(props: DistributionEditorProps) {
  const { rows, onChange } = props;
  const { t } = useText();
  return (
    <>
      {rows.map((row, index) => {
        const set = (region: string, value: number) => {
          if (Number.isNaN(value)) return;
          onChange(
            rows.map((other, i) =>
              i === index
                ? { ...other, to: setWeight(other.to, region, value) }
                : other,
            ),
          );
        };
        const sum = Object.values(row.to).reduce((acc, n) => acc + n, 0);
        return (
          <div
            key={row.from}
            className={styles.box}
            role="group"
            aria-label={t('distribution.from', { region: row.from })}
          >
            <div className={styles.boxTitle}>
              <Text weight="bold">
                {t('distribution.from', { region: row.from })}
              </Text>
              <span className={styles.sum}>
                {t('distribution.sum', { sum: String(sum) })}
              </span>
            </div>
            <div className={styles.weights}>
              {Object.entries(row.to).map(([region, weight]) => (
                <div key={region} className={styles.weightRow}>
                  <span className={styles.weightName}>{region}</span>
                  <Slider
                    aria-label={t('distribution.slider', {
                      from: row.from,
                      to: region,
                    })}
                    minValue={0}
                    maxValue={100}
                    step={1}
                    value={weight}
                    onChange={value => set(region, Number(value))}
                  />
                  <NumberField
                    aria-label={t('distribution.percent', {
                      from: row.from,
                      to: region,
                    })}
                    minValue={0}
                    maxValue={100}
                    step={1}
                    value={weight}
                    onChange={value => set(region, value)}
                  />
                </div>
              ))}
            </div>
          </div>
        );
      })}
      <Text as="p" variant="body-small" color="secondary">
        {t('distribution.explain')}
      </Text>
    </>
  );
}
