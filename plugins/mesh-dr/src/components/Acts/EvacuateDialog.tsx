import {
  changeBreakGlassPermission,
  type LocalityIntent,
  type Preview,
  type ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button, Text } from '@backstage/ui';
import { useState } from 'react';
import { useMayI } from '../../hooks/useMayI';
import { usePreview } from '../../hooks/usePreview';
import { useText } from '../../hooks/useText';
import { settingsFor } from '../../lib/acts';
import { isOnlyGuarded } from '../../lib/guardrails';
import { FormDialog } from '../common/FormDialog';
import { PreviewPanel } from '../Controls/PreviewPanel';
import type { ServiceRuleTarget } from './Acts';
import { likelyWay, RegionPair } from './RegionPair';

/** Chooses which region to empty and shows what that would do; reason and end are asked for next. */
export function EvacuateDialog(props: {
  target: ServiceRuleTarget;
  topology: ServiceTopology;
  onNext: (preview: Preview) => void;
  onClose: () => void;
}) {
  const { target, topology, onNext, onClose } = props;
  const { t } = useText();
  const [way, setWay] = useState(() => likelyWay(topology));
  const intent: LocalityIntent = {
    mode: 'evacuation',
    ...way,
    ...settingsFor(topology.rule),
  };
  const state = usePreview(target, intent);
  const mayBreakGlass = useMayI(changeBreakGlassPermission);
  const { preview, loading } = state;
  const guarded = mayBreakGlass && preview && isOnlyGuarded(preview);
  return (
    <FormDialog
      title={t('acts.evacuateTitle')}
      width={760}
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onPress={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            variant="primary"
            isDisabled={loading || !(preview?.applicable || guarded)}
            onPress={() => preview && onNext(preview)}
          >
            {guarded ? t('breakGlass.apply') : t('control.apply')}
          </Button>
        </>
      }
    >
      <Text as="p">{t('acts.evacuateDescription')}</Text>
      <RegionPair way={way} topology={topology} onChange={setWay} />
      <PreviewPanel
        state={state}
        regions={topology.regions.map(({ region }) => region)}
        callers={topology.callers}
      />
    </FormDialog>
  );
}
