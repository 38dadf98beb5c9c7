import {
  changeBreakGlassPermission,
  type GuardrailOverride,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Alert, Button, Checkbox } from '@backstage/ui';
import { RiAlarmWarningLine } from '@remixicon/react';
import { useId, useState } from 'react';
import { useMayI } from '../../hooks/useMayI';
import { useText } from '../../hooks/useText';
import common from '../common/common.module.css';

export interface BreakGlassProps {
  /** Guardrails that stand in the way; each has to be named to go on. */
  needed: GuardrailOverride[];
  chosen: GuardrailOverride[];
  onChange: (chosen: GuardrailOverride[]) => void;
}

/** Names of guardrails to set aside, for those who may; for the others nothing at all. */
export function BreakGlass(props: BreakGlassProps) {
  const { needed, chosen, onChange } = props;
  const { t } = useText();
  const allowed = useMayI(changeBreakGlassPermission);
  const [opened, setOpened] = useState(false);
  const panel = useId();
  if (!allowed) {
    return null;
  }
  const open = opened || needed.length > 0;
  // A second person may turn out to be needed only afterwards.
  const offered = [...new Set<GuardrailOverride>([...needed, 'approval'])];
  return (
    <div className={common.stack}>
      {needed.length === 0 && (
        <div>
          <Button
            size="small"
            variant="tertiary"
            iconStart={<RiAlarmWarningLine />}
            aria-expanded={open}
            aria-controls={panel}
            onPress={() => {
              setOpened(!open);
              onChange([]);
            }}
          >
            {t('breakGlass.open')}
          </Button>
        </div>
      )}
      {open && (
        <div
          id={panel}
          role="group"
          aria-label={t('breakGlass.title')}
          className={common.stack}
        >
          <Alert
            status="warning"
            icon
            title={t('breakGlass.title')}
            description={t('breakGlass.warning')}
          />
          {offered.map(name => (
            <Checkbox
              key={name}
              isSelected={chosen.includes(name)}
              onChange={selected =>
                onChange(
                  selected
                    ? [...chosen, name]
                    : chosen.filter(other => other !== name),
                )
              }
            >
              {t(`breakGlass.${name}`)}
            </Checkbox>
          ))}
        </div>
      )}
    </div>
  );
}
