import { useApi } from '@backstage/frontend-plugin-api';
import {
  createShiftRequestSchema,
  DEFAULT_MIN_READY_PERCENT,
  shiftIntent,
  type CreateShiftRequest,
  type GuardrailOverride,
  type ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button, Text } from '@backstage/ui';
import { useState } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { usePreview } from '../../hooks/usePreview';
import { useSubmission } from '../../hooks/useSubmission';
import { useText } from '../../hooks/useText';
import { parseSteps, settingsFor } from '../../lib/acts';
import { isClear, overridable } from '../../lib/guardrails';
import { ErrorNotice } from '../common/ErrorNotice';
import { FormDialog } from '../common/FormDialog';
import { ReasonField } from '../common/ReasonField';
import { BreakGlass } from '../Controls/BreakGlass';
import { PreviewPanel } from '../Controls/PreviewPanel';
import type { ServiceRuleTarget } from './Acts';
import { likelyWay } from './RegionPair';
import { ShiftForm, StepChoice, type ShiftPlan } from './ShiftForm';

/** Plans a gradual shift, shows any of its steps as it would act now, and starts it. */
export function ShiftDialog(props: {
  target: ServiceRuleTarget;
  topology: ServiceTopology;
  onStarted: () => void;
  onClose: () => void;
}) {
  const { target, topology, onStarted, onClose } = props;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const [plan, setPlan] = useState<ShiftPlan>(() => ({
    way: likelyWay(topology),
    steps: '10, 25, 50, 100',
    holdMinutes: 5,
    minReadyPercent: DEFAULT_MIN_READY_PERCENT,
  }));
  const [reason, setReason] = useState('');
  const [overrides, setOverrides] = useState<GuardrailOverride[]>([]);
  const [shown, setShown] = useState(0);
  const { pending, error, submit } = useSubmission();
  const request = requestFor(target, topology, plan, reason, overrides);
  const checked = createShiftRequestSchema.safeParse({
    ...request,
    // An empty reason only keeps the button from being pressed.
    reason: request.reason || '-',
  });
  const step = request.steps[Math.min(shown, request.steps.length - 1)];
  const state = usePreview(
    target,
    checked.success ? shiftIntent(request, step, topology) : undefined,
  );
  const ready =
    checked.success &&
    request.reason !== '' &&
    !state.loading &&
    state.preview !== undefined &&
    isClear(state.preview, overrides);

  const start = () =>
    submit(async () => {
      await api.createShift(request);
      onStarted();
      onClose();
    });
  return (
    <FormDialog
      title={t('shift.title')}
      width={800}
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onPress={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            variant="primary"
            isPending={pending}
            isDisabled={!ready}
            onPress={start}
          >
            {t('shift.start')}
          </Button>
        </>
      }
    >
      <Text as="p">{t('shift.description')}</Text>
      <ShiftForm plan={plan} topology={topology} onChange={setPlan} />
      {checked.success ? (
        <>
          <StepChoice
            steps={request.steps}
            shown={step}
            onChange={percent => setShown(request.steps.indexOf(percent))}
          />
          <PreviewPanel
            state={state}
            regions={topology.regions.map(({ region }) => region)}
            callers={topology.callers}
          />
        </>
      ) : (
        <ErrorNotice
          title={t('shift.invalid')}
          error={
            new Error(
              checked.error.issues.map(({ message }) => message).join('\n'),
            )
          }
          advice={t('shift.invalidAdvice')}
        />
      )}
      <ReasonField rows={2} value={reason} onChange={setReason} />
      <BreakGlass
        needed={state.preview ? overridable(state.preview.findings) : []}
        chosen={overrides}
        onChange={setOverrides}
      />
      {error && <ErrorNotice title={t('shift.failed')} error={error} />}
    </FormDialog>
  );
}

function requestFor(
  { meshId, namespace, name }: ServiceRuleTarget,
  topology: ServiceTopology,
  plan: ShiftPlan,
  reason: string,
  overrides: GuardrailOverride[],
): CreateShiftRequest {
  const { minReadyPercent, minSuccessPercent } = plan;
  return {
    target: { meshId, namespace, name },
    ...plan.way,
    steps: parseSteps(plan.steps),
    holdSeconds: Math.round(plan.holdMinutes * 60),
    ...settingsFor(topology.rule),
    abortOn: {
      minReadyPercent,
      ...(minSuccessPercent !== undefined && { minSuccessPercent }),
    },
    reason: reason.trim(),
    ...(overrides.length > 0 && { overrides }),
  };
}
