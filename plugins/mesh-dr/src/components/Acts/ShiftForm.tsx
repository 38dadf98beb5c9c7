import type { ServiceTopology } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  NumberField,
  TextField,
  ToggleButton,
  ToggleButtonGroup,
} from '@backstage/ui';
import { useText } from '../../hooks/useText';
import common from '../common/common.module.css';
import styles from './Acts.module.css';
import { RegionPair, type Way } from './RegionPair';

/** What the reader fills in. */
export interface ShiftPlan {
  way: Way;
  /** Percentages as typed. */
  steps: string;
  holdMinutes: number;
  minReadyPercent: number;
  minSuccessPercent?: number;
}

/** Regions, steps, how long each is watched, and when to go back. */
export function ShiftForm(props: {
  plan: ShiftPlan;
  topology: ServiceTopology;
  onChange: (plan: ShiftPlan) => void;
}) {
  const { plan, topology, onChange } = props;
  const { t } = useText();
  return (
    <>
      <RegionPair
        way={plan.way}
        topology={topology}
        onChange={way => onChange({ ...plan, way })}
      />
      <div className={styles.fields}>
        <TextField
          label={t('shift.steps')}
          description={t('shift.stepsHelp')}
          value={plan.steps}
          onChange={steps => onChange({ ...plan, steps })}
        />
        <NumberField
          label={t('shift.hold')}
          description={t('shift.holdHelp')}
          minValue={0.5}
          maxValue={1440}
          step={0.5}
          value={plan.holdMinutes}
          onChange={holdMinutes =>
            onChange({
              ...plan,
              holdMinutes: Number.isNaN(holdMinutes) ? 5 : holdMinutes,
            })
          }
        />
        <NumberField
          label={t('shift.minReady')}
          description={t('shift.minReadyHelp')}
          minValue={0}
          maxValue={100}
          value={plan.minReadyPercent}
          onChange={value =>
            onChange({
              ...plan,
              minReadyPercent: Number.isNaN(value) ? 0 : value,
            })
          }
        />
        <NumberField
          label={t('shift.minSuccess')}
          description={t('shift.minSuccessHelp')}
          minValue={0}
          maxValue={100}
          value={plan.minSuccessPercent ?? NaN}
          onChange={value =>
            onChange({
              ...plan,
              minSuccessPercent: Number.isNaN(value) ? undefined : value,
            })
          }
        />
      </div>
    </>
  );
}

/** Which step the prediction is about. */
export function StepChoice(props: {
  steps: number[];
  shown: number;
  onChange: (percent: number) => void;
}) {
  const { steps, shown, onChange } = props;
  const { t } = useText();
  return (
    <div className={styles.field}>
      <span className={styles.label}>{t('shift.shownStep')}</span>
      <ToggleButtonGroup
        className={common.segmented}
        aria-label={t('shift.shownStep')}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[String(shown)]}
        onSelectionChange={keys => {
          const [key] = keys;
          if (key) onChange(Number(key));
        }}
      >
        {steps.map(percent => (
          <ToggleButton key={percent} id={String(percent)} size="small">
            {`${percent} %`}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}
