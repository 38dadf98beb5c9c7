import { useApi } from '@backstage/frontend-plugin-api';
import type { Change } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button, Text } from '@backstage/ui';
import { RiAlarmWarningLine } from '@remixicon/react';
import { useCallback, useState } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { usePolling } from '../../hooks/usePolling';
import { usePreview } from '../../hooks/usePreview';
import { useSubmission } from '../../hooks/useSubmission';
import { useText } from '../../hooks/useText';
import { formatDateTime, shortRef } from '../../lib/format';
import { ErrorNotice } from '../common/ErrorNotice';
import { FormDialog } from '../common/FormDialog';
import { Pill } from '../common/Pill';
import { ChangeResult } from '../Controls/ApplyDialog';
import { PreviewPanel } from '../Controls/PreviewPanel';

export interface ApproveDialogProps {
  change: Change;
  onDone: () => void;
  onClose: () => void;
}

/** Shows a second person what they are about to put in force, as it would act now, and lets them. */
export function ApproveDialog(props: ApproveDialogProps) {
  const { change, onDone, onClose } = props;
  const api = useApi(meshDrApiRef);
  const { t, locale } = useText();
  // Read anew: its ETag binds the approval to what is shown here.
  const load = useCallback(
    (signal: AbortSignal) => api.getChange(change.id, { signal }),
    [api, change.id],
  );
  const { value: seen, error: unread } = usePolling(load, 0);
  const preview = usePreview(change.target, change.intent);
  const { pending, error, submit } = useSubmission();
  const [result, setResult] = useState<Change>();

  const approve = () =>
    submit(async () => {
      const ifMatch = seen && api.etagOf(seen);
      setResult(await api.approveChange(change.id, ifMatch ? { ifMatch } : {}));
    }).finally(onDone);
  const failure = error ?? unread;
  return (
    <FormDialog
      title={t('approval.title')}
      width={760}
      onClose={onClose}
      actions={
        <>
          {result ? (
            <Button variant="primary" onPress={onClose}>
              {t('common.close')}
            </Button>
          ) : (
            <>
              <Button variant="secondary" onPress={onClose}>
                {t('common.cancel')}
              </Button>
              <Button
                variant="primary"
                isPending={pending}
                isDisabled={!seen}
                onPress={approve}
              >
                {t('approval.submit')}
              </Button>
            </>
          )}
        </>
      }
    >
      {result ? (
        <ChangeResult change={result} />
      ) : (
        <>
          <Text as="p">
            {t('approval.asked', {
              who: shortRef(change.requestedBy),
              when: formatDateTime(change.requestedAt, locale),
              reason: change.reason,
            })}
          </Text>
          {change.overrides?.map(name => (
            <Pill
              key={name}
              tone="warn"
              icon={<RiAlarmWarningLine aria-hidden />}
            >
              {t(`breakGlass.${name}`)}
            </Pill>
          ))}
          <PreviewPanel state={preview} regions={[]} callers={[]} />
          {failure && (
            <ErrorNotice title={t('changes.actionFailed')} error={failure} />
          )}
        </>
      )}
    </FormDialog>
  );
}
