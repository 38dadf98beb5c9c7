import { useApi } from '@backstage/frontend-plugin-api';
import type {
  Change,
  GuardrailOverride,
  Preview,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Alert, Button, Text } from '@backstage/ui';
import { useCallback, useEffect, useState } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { usePolling } from '../../hooks/usePolling';
import { useSubmission } from '../../hooks/useSubmission';
import { useText } from '../../hooks/useText';
import { isClear, overridable } from '../../lib/guardrails';
import common from '../common/common.module.css';
import { ErrorNotice, statusOf } from '../common/ErrorNotice';
import { FormDialog } from '../common/FormDialog';
import { ReasonField } from '../common/ReasonField';
import { BreakGlass } from './BreakGlass';
import { FindingList } from './FindingList';
import { StepList } from './StepList';
import { momentAfter, ReturnAfter, type ReturnTime } from './ReturnAfter';

export interface ApplyDialogProps {
  preview: Preview;
  /** Asks for a fresh preview, after the server refused a stale one. */
  onPreviewAgain?: () => void;
  /** After how many minutes the rule returns by itself unless the reader chooses otherwise. */
  returnAfter?: ReturnTime;
  /** Something was written or asked for. */
  onChanged: (change: Change) => void;
  onClose: () => void;
}

/** How often a change that is being applied is looked at, ms. */
const FOLLOW_MS = 1500;

/** Asks for the reason, applies exactly what was previewed, and tells what came of it. */
export function ApplyDialog(props: ApplyDialogProps) {
  const { preview, onPreviewAgain, returnAfter, onChanged, onClose } = props;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const [reason, setReason] = useState('');
  const [overrides, setOverrides] = useState<GuardrailOverride[]>([]);
  const [expiresAfter, setExpiresAfter] = useState(returnAfter);
  const { pending, error, submit } = useSubmission();
  const [created, setCreated] = useState<Change>();

  const applyingId = created?.status === 'applying' ? created.id : undefined;
  const follow = useCallback(
    (signal: AbortSignal) => api.getChange(applyingId!, { signal }),
    [api, applyingId],
  );
  const followed = usePolling(applyingId ? follow : undefined, FOLLOW_MS).value;
  useEffect(() => {
    if (followed && followed.status !== 'applying') {
      setCreated(followed);
      onChanged(followed);
    }
  }, [followed, onChanged]);

  const apply = () =>
    submit(async () => {
      const change = await api.createChange({
        target: preview.target,
        intent: preview.intent,
        reason: reason.trim(),
        previewHash: preview.hash,
        ...(expiresAfter && { expiresAt: momentAfter(expiresAfter) }),
        ...(overrides.length > 0 && { overrides }),
      });
      setCreated(change);
      onChanged(change);
    });

  const stale = error && statusOf(error) === 409;
  return (
    <FormDialog
      title={t('apply.title')}
      width={640}
      onClose={onClose}
      actions={
        <>
          {created ? (
            <Button variant="primary" onPress={onClose}>
              {t('common.close')}
            </Button>
          ) : (
            <>
              <Button variant="secondary" onPress={onClose}>
                {t('common.cancel')}
              </Button>
              {stale && onPreviewAgain && (
                <Button variant="secondary" onPress={onPreviewAgain}>
                  {t('apply.previewAgain')}
                </Button>
              )}
              <Button
                variant="primary"
                isPending={pending}
                isDisabled={
                  reason.trim() === '' || !isClear(preview, overrides)
                }
                onPress={apply}
              >
                {overrides.length ? t('breakGlass.submit') : t('apply.submit')}
              </Button>
            </>
          )}
        </>
      }
    >
      {created ? (
        <ChangeResult change={created} />
      ) : (
        <>
          <Text as="p">
            {preview.target.scope === 'mesh'
              ? t('apply.targetMesh')
              : t('apply.targetService', {
                  service: `${preview.target.namespace}/${preview.target.name}`,
                })}
          </Text>
          {preview.steps.length > 0 && (
            <StepList steps={preview.stepMessages} />
          )}
          <FindingList
            findings={preview.findings.filter(
              f =>
                f.severity === 'warn' ||
                (f.severity === 'refuse' && f.guardrail),
            )}
          />
          <ReasonField
            // The dialog was opened to type this.
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            rows={3}
            value={reason}
            onChange={setReason}
          />
          <ReturnAfter value={expiresAfter} onChange={setExpiresAfter} />
          <BreakGlass
            needed={overridable(preview.findings)}
            chosen={overrides}
            onChange={setOverrides}
          />
          {error && (
            <ErrorNotice
              title={t('apply.failed')}
              error={error}
              advice={stale ? t('apply.staleAdvice') : undefined}
            />
          )}
        </>
      )}
    </FormDialog>
  );
}

/** What became of a change, in words. */
export function ChangeResult(props: { change: Change }) {
  const { change } = props;
  const { t } = useText();
  switch (change.status) {
    case 'applied':
      return (
        <Alert
          role="status"
          status={change.verified?.ok === false ? 'warning' : 'success'}
          icon
          title={t('apply.applied')}
          description={change.verified?.detail}
        />
      );
    case 'pending-approval':
      return (
        <Alert
          role="status"
          status="info"
          icon
          title={t('apply.pendingTitle')}
          description={
            <>
              {t('apply.pending')}{' '}
              <a href={`#change-${change.id}`}>{t('apply.pendingLink')}</a>
            </>
          }
        />
      );
    case 'applying':
      return (
        <Alert
          role="status"
          status="info"
          isPending
          title={t('apply.applying')}
        />
      );
    default:
      return (
        <Alert
          role="alert"
          status="danger"
          icon
          title={t(`changeStatus.${change.status}`)}
          description={
            <p className={common.pre}>
              {change.error ?? change.verified?.detail}
            </p>
          }
        />
      );
  }
}
