import type {
  Change,
  ChangeStatus,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button } from '@backstage/ui';
import {
  RiAlarmWarningLine,
  RiArrowGoBackLine,
  RiCheckLine,
  RiCloseLine,
  RiFileList2Line,
  RiLoader4Line,
  RiShareForwardLine,
  RiTimerLine,
  RiUserFollowLine,
} from '@remixicon/react';
import { useState, type ReactElement } from 'react';
import { useText } from '../../hooks/useText';
import { formatDateTime, shortRef } from '../../lib/format';
import common from '../common/common.module.css';
import { Pill, type Tone } from '../common/Pill';
import { DiffView } from '../Controls/DiffView';
import { Approval } from './Approval';
import styles from './Changes.module.css';
import { DriftNote } from './DriftNote';
import { ExportDialog } from './ExportDialog';

const LOOK: Record<ChangeStatus, { tone: Tone; icon: ReactElement }> = {
  'pending-approval': {
    tone: 'info',
    icon: <RiUserFollowLine aria-hidden />,
  },
  applying: { tone: 'info', icon: <RiLoader4Line aria-hidden /> },
  applied: { tone: 'good', icon: <RiCheckLine aria-hidden /> },
  failed: { tone: 'bad', icon: <RiCloseLine aria-hidden /> },
  rejected: { tone: 'neutral', icon: <RiCloseLine aria-hidden /> },
  expired: { tone: 'neutral', icon: <RiTimerLine aria-hidden /> },
  'rolled-back': { tone: 'neutral', icon: <RiArrowGoBackLine aria-hidden /> },
};

/** `cn-hangzhou → cn-shanghai` or `cn-hangzhou: 90/10`. */
function summary(change: Change): string {
  const { intent } = change;
  switch (intent.mode) {
    case 'failover':
      return intent.failover.map(r => `${r.from} → ${r.to}`).join(', ');
    case 'distribution':
      return intent.distribute
        .map(
          ({ from, to }) =>
            `${from} → ${Object.entries(to)
              .map(([region, percent]) => `${region} ${percent} %`)
              .join(' / ')}`,
        )
        .join('; ');
    case 'evacuation':
      return `${intent.from ?? '*'} → ${intent.to}`;
    default:
      return '';
  }
}

export interface ChangeItemProps {
  change: Change;
  onRollback: () => void;
  onApprove: () => void;
  onReject: () => void;
}

/** One entry of the history. */
export function ChangeItem(props: ChangeItemProps) {
  const { change, onRollback, onApprove, onReject } = props;
  const { t, locale } = useText();
  const [open, setOpen] = useState(false);
  const [exporting, setExporting] = useState(false);
  const { tone, icon } = LOOK[change.status];
  return (
    <li className={styles.change} id={`change-${change.id}`}>
      <div className={styles.main}>
        <div className={styles.line}>
          <strong>{t(`mode.${change.intent.mode}`)}</strong>
          <span>{summary(change)}</span>
          <Pill tone={tone} icon={icon}>
            {t(`changeStatus.${change.status}`)}
          </Pill>
          {change.rollbackOf && (
            <Pill icon={<RiArrowGoBackLine aria-hidden />}>
              {t('changes.isRollback')}
            </Pill>
          )}
          {change.overrides?.map(name => (
            <Pill
              key={name}
              tone="warn"
              icon={<RiAlarmWarningLine aria-hidden />}
            >
              {t(`breakGlass.${name}`)}
            </Pill>
          ))}
        </div>
        <p className={styles.reason}>{change.reason}</p>
        <div className={styles.meta}>
          {t('changes.by', {
            who: shortRef(change.requestedBy),
            when: formatDateTime(change.requestedAt, locale),
          })}
          {change.approvedBy &&
            ` · ${t('changes.approvedBy', {
              who: shortRef(change.approvedBy),
            })}`}
          {' · '}
          {change.target.scope === 'mesh'
            ? t('scope.mesh')
            : `${change.target.namespace}/${change.target.name}`}
        </div>
        {change.expiresAt && change.status === 'applied' && (
          <div className={styles.meta}>
            {change.returnError ??
              t('changes.returnsAt', {
                when: formatDateTime(change.expiresAt, locale),
              })}
          </div>
        )}
        {change.drift && <DriftNote drift={change.drift} />}
        {(change.error ?? change.verified?.detail) && (
          <div className={`${styles.meta} ${common.pre}`}>
            {change.error ?? change.verified?.detail}
          </div>
        )}
      </div>
      <div className={styles.actions}>
        <Button
          size="small"
          variant="tertiary"
          iconStart={<RiFileList2Line />}
          aria-expanded={open}
          onPress={() => setOpen(!open)}
        >
          {open ? t('changes.hideDiff') : t('changes.showDiff')}
        </Button>
        <Button
          size="small"
          variant="tertiary"
          iconStart={<RiShareForwardLine />}
          onPress={() => setExporting(true)}
        >
          {t('export.open')}
        </Button>
        {change.status === 'applied' && (
          <Button
            size="small"
            variant="secondary"
            iconStart={<RiArrowGoBackLine />}
            onPress={onRollback}
          >
            {t('changes.rollback')}
          </Button>
        )}
      </div>
      {change.status === 'pending-approval' && (
        <Approval change={change} onApprove={onApprove} onReject={onReject} />
      )}
      {exporting && (
        <ExportDialog change={change} onClose={() => setExporting(false)} />
      )}
      {open && (
        <div className={styles.detail}>
          <DiffView before={change.before} after={change.after} />
        </div>
      )}
    </li>
  );
}
