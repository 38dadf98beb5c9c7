import type { FailoverRule } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button, ButtonIcon, Select, Text } from '@backstage/ui';
import { RiAddLine, RiArrowRightLine, RiDeleteBinLine } from '@remixicon/react';
import { useText } from '../../hooks/useText';
import styles from './Controls.module.css';

export interface FailoverEditorProps {
  rules: FailoverRule[];
  regions: string[];
  onChange: (rules: FailoverRule[]) => void;
}

/** From → to, one row a region that may be lost. */
export function FailoverEditor(props: FailoverEditorProps) {
  const { rules, regions, onChange } = props;
  const { t } = useText();
  const options = [
    ...new Set([...regions, ...rules.flatMap(({ from, to }) => [from, to])]),
  ]
    .filter(region => region !== '')
    .map(region => ({ value: region, label: region }));
  const update = (index: number, change: Partial<FailoverRule>) =>
    onChange(
      rules.map((rule, i) => (i === index ? { ...rule, ...change } : rule)),
    );
  const free = regions.find(region =>
    rules.every(rule => rule.from !== region),
  );
  return (
    <div className={styles.box} role="group" aria-label={t('failover.title')}>
      <div className={styles.boxTitle}>
        <Text weight="bold">{t('failover.title')}</Text>
        <Button
          size="small"
          variant="tertiary"
          iconStart={<RiAddLine />}
          isDisabled={!free}
          onPress={() =>
            free &&
            onChange([
              ...rules,
              { from: free, to: regions.find(r => r !== free) ?? '' },
            ])
          }
        >
          {t('failover.add')}
        </Button>
      </div>
      <Text as="p" variant="body-small" color="secondary">
        {t('failover.explain')}
      </Text>
      {rules.map((rule, index) => (
        <div key={index} className={styles.failoverRow}>
          <Select
            aria-label={t('failover.from', { row: String(index + 1) })}
            options={options}
            selectedKey={rule.from}
            onSelectionChange={key => update(index, { from: String(key) })}
          />
          <span className={styles.arrow} aria-hidden>
            <RiArrowRightLine />
          </span>
          <Select
            aria-label={t('failover.to', { row: String(index + 1) })}
            options={options}
            selectedKey={rule.to}
            onSelectionChange={key => update(index, { to: String(key) })}
          />
          <ButtonIcon
            size="small"
            variant="tertiary"
            aria-label={t('failover.remove', { row: String(index + 1) })}
            icon={<RiDeleteBinLine />}
            onPress={() => onChange(rules.filter((_, i) => i !== index))}
          />
        </div>
      ))}
      {rules.length === 0 && (
        <Text as="p" variant="body-medium">
          {t('failover.empty')}
        </Text>
      )}
    </div>
  );
}
