import { useApi } from '@backstage/frontend-plugin-api';
import type {
  Change,
  Preview,
  RuleTarget,
  ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button } from '@backstage/ui';
import {
  RiArrowGoBackLine,
  RiRunLine,
  RiSpeedMiniLine,
} from '@remixicon/react';
import { useState } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { useText } from '../../hooks/useText';
import { intentFromRule } from '../../lib/draft';
import { ReasonDialog } from '../Changes/ReasonDialog';
import { ApplyDialog } from '../Controls/ApplyDialog';
import { EvacuateDialog } from './EvacuateDialog';
import { ShiftDialog } from './ShiftDialog';

export type ServiceRuleTarget = Extract<RuleTarget, { scope: 'service' }>;

export interface ActsProps {
  target: ServiceRuleTarget;
  topology: ServiceTopology;
  /** True while the reader may not change the rule. */
  isDisabled?: boolean;
  onChanged: (change?: Change) => void;
}

/** How many changes are looked through for the one that made an evacuation. */
const LOOK_BACK = 20;

/** Whole acts instead of single settings: leave a region, come back, shift bit by bit. */
export function Acts(props: ActsProps) {
  const { target, topology, isDisabled, onChanged } = props;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const [act, setAct] = useState<'evacuate' | 'return' | 'shift'>();
  const [applying, setApplying] = useState<Preview>();
  const evacuated = intentFromRule(topology.rule).mode === 'evacuation';
  // There is nowhere to go with one region.
  const alone = topology.regions.filter(({ total }) => total > 0).length < 2;
  const close = () => setAct(undefined);

  const goBack: Parameters<typeof ReasonDialog>[0]['onSubmit'] = async (
    reason,
    overrides,
  ) => {
    const { meshId, namespace, name } = target;
    const { items } = await api.listChanges({
      meshId,
      namespace,
      name,
      status: 'applied',
      limit: LOOK_BACK,
    });
    const made = items.find(({ intent }) => intent.mode === 'evacuation');
    if (!made) throw new Error(t('acts.notMadeHere'));
    const back = await api.rollbackChange(
      made.id,
      overrides.length ? { reason, overrides } : reason,
    );
    onChanged(back);
  };
  return (
    <>
      {evacuated ? (
        <Button
          size="small"
          variant="primary"
          isDisabled={isDisabled}
          iconStart={<RiArrowGoBackLine />}
          onPress={() => setAct('return')}
        >
          {t('acts.return')}
        </Button>
      ) : (
        <Button
          size="small"
          variant="secondary"
          isDisabled={isDisabled || alone}
          iconStart={<RiRunLine />}
          onPress={() => setAct('evacuate')}
        >
          {t('acts.evacuate')}
        </Button>
      )}
      <Button
        size="small"
        variant="secondary"
        isDisabled={isDisabled || alone}
        iconStart={<RiSpeedMiniLine />}
        onPress={() => setAct('shift')}
      >
        {t('acts.shift')}
      </Button>
      {act === 'evacuate' && (
        <EvacuateDialog
          target={target}
          topology={topology}
          onNext={preview => {
            setApplying(preview);
            close();
          }}
          onClose={close}
        />
      )}
      {applying && (
        <ApplyDialog
          preview={applying}
          returnAfter={240}
          onChanged={onChanged}
          onClose={() => setApplying(undefined)}
        />
      )}
      {act === 'shift' && (
        <ShiftDialog
          target={target}
          topology={topology}
          onStarted={() => onChanged()}
          onClose={close}
        />
      )}
      {act === 'return' && (
        <ReasonDialog
          breakGlass
          title={t('acts.returnTitle')}
          description={t('acts.returnDescription')}
          submit={t('acts.returnSubmit')}
          onSubmit={goBack}
          onClose={close}
        />
      )}
    </>
  );
}
