import { Button, Text } from '@backstage/ui';
import type { GuardrailOverride } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useState } from 'react';
import { useSubmission } from '../../hooks/useSubmission';
import { useText } from '../../hooks/useText';
import { ErrorNotice } from '../common/ErrorNotice';
import { FormDialog } from '../common/FormDialog';
import { ReasonField } from '../common/ReasonField';
import { BreakGlass } from '../Controls/BreakGlass';

export interface ReasonDialogProps {
  title: string;
  description: string;
  submit: string;
  onSubmit: (reason: string, overrides: GuardrailOverride[]) => Promise<void>;
  /** Offers to set guardrails aside, to those who may. */
  breakGlass?: boolean;
  onClose: () => void;
}

/** Asks why, does it, and stays open with the reason intact when that fails. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, description, submit, onSubmit, breakGlass, onClose } = props;
  const { t } = useText();
  const [reason, setReason] = useState('');
  const [overrides, setOverrides] = useState<GuardrailOverride[]>([]);
  const { pending, error, submit: send } = useSubmission();
  const run = () =>
    send(async () => {
      await onSubmit(reason.trim(), overrides);
      onClose();
    });
  return (
    <FormDialog
      title={title}
      width={560}
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onPress={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            variant="primary"
            isPending={pending}
            isDisabled={reason.trim() === ''}
            onPress={run}
          >
            {submit}
          </Button>
        </>
      }
    >
      <Text as="p">{description}</Text>
      <ReasonField
        // The dialog was opened to type this.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={reason}
        onChange={setReason}
      />
      {breakGlass && (
        <BreakGlass needed={[]} chosen={overrides} onChange={setOverrides} />
      )}
      {error && <ErrorNotice title={t('common.failed')} error={error} />}
    </FormDialog>
  );
}
