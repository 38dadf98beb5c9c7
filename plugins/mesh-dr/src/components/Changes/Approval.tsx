import {
  changeApprovePermission,
  type Change,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button } from '@backstage/ui';
import { RiCheckLine, RiCloseLine, RiTimerLine } from '@remixicon/react';
import { useMayI } from '../../hooks/useMayI';
import { useMyself } from '../../hooks/useMyself';
import { useNow } from '../../hooks/useNow';
import { useText } from '../../hooks/useText';
import { formatDateTime, formatUntil } from '../../lib/format';
import common from '../common/common.module.css';
import { Pill } from '../common/Pill';
import styles from './Changes.module.css';

/** A change that waits for a second person: until when, who may decide, and the decision for those who may. */
export function Approval(props: {
  change: Change;
  onApprove: () => void;
  onReject: () => void;
}) {
  const { change, onApprove, onReject } = props;
  const { t, locale } = useText();
  const now = useNow();
  const allowed = useMayI(changeApprovePermission);
  const myself = useMyself();
  const own = change.requestedBy === myself;
  const { approvalExpiresAt: end } = change;
  const late = end !== undefined && Date.parse(end) <= now;
  let who: string = t('approval.mayNot', {
    permission: changeApprovePermission.name,
  });
  if (own) who = t('approval.own');
  else if (allowed) who = t('approval.may');
  return (
    <div
      className={styles.approval}
      role="group"
      aria-label={t('changeStatus.pending-approval')}
    >
      <div className={styles.approvalText}>
        {end && (
          <Pill
            tone={late ? 'bad' : 'info'}
            icon={<RiTimerLine aria-hidden />}
            title={formatDateTime(end, locale)}
          >
            {late
              ? t('approval.late')
              : t('approval.until', { when: formatUntil(end, now, locale) })}
          </Pill>
        )}
        <span>{who}</span>
      </div>
      {allowed && !late && (
        <div className={common.row}>
          {!own && (
            <Button
              size="small"
              variant="primary"
              iconStart={<RiCheckLine />}
              onPress={onApprove}
            >
              {t('changes.approve')}
            </Button>
          )}
          <Button
            size="small"
            variant="secondary"
            iconStart={<RiCloseLine />}
            onPress={onReject}
          >
            {own ? t('approval.withdraw') : t('changes.reject')}
          </Button>
        </div>
      )}
    </div>
  );
}
