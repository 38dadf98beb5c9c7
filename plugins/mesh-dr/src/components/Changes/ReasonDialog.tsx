import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Text,
  TextAreaField,
} from '@backstage/ui';
import type { GuardrailOverride } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useState } from 'react';
import { useText } from '../../hooks/useText';
import common from '../common/common.module.css';
import { ErrorNotice } from '../common/ErrorNotice';
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
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<Error>();
  const run = async () => {
    setPending(true);
    setError(undefined);
    try {
      await onSubmit(reason.trim(), overrides);
      onClose();
    } catch (e) {
      setError(e as Error);
      setPending(false);
    }
  };
  return (
    <Dialog
      isOpen
      isDismissable={false}
      width="560px"
      onOpenChange={open => {
        if (!open) onClose();
      }}
    >
      <DialogHeader>{title}</DialogHeader>
      <DialogBody>
        <div className={common.stack}>
          <Text as="p">{description}</Text>
          <TextAreaField
            label={t('apply.reason')}
            description={t('apply.reasonHelp')}
            isRequired
            // The dialog was opened to type this.
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            value={reason}
            onChange={setReason}
          />
          {breakGlass && (
            <BreakGlass
              needed={[]}
              chosen={overrides}
              onChange={setOverrides}
            />
          )}
          {error && <ErrorNotice title={t('common.failed')} error={error} />}
        </div>
      </DialogBody>
      <DialogFooter>
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
      </DialogFooter>
    </Dialog>
  );
}
