import { useApi } from '@backstage/frontend-plugin-api';
import type {
  Shift,
  ShiftStatus,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button, Text } from '@backstage/ui';
import {
  RiArrowGoBackLine,
  RiCheckLine,
  RiCloseLine,
  RiLoader4Line,
  RiPauseLine,
  RiPlayLine,
  RiUserFollowLine,
} from '@remixicon/react';
import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { useNow } from '../../hooks/useNow';
import { usePolling } from '../../hooks/usePolling';
import { useText } from '../../hooks/useText';
import { formatDateTime, shortRef } from '../../lib/format';
import { ReasonDialog } from '../Changes/ReasonDialog';
import { Pill, type Tone } from '../common/Pill';
import { Section } from '../common/Section';
import styles from './Acts.module.css';
import type { ServiceRuleTarget } from './Acts';

const POLL_MS = 3000;
/** How long an ended shift is still shown, ms. */
const AFTERGLOW_MS = 15 * 60_000;

const LOOK: Record<ShiftStatus, { tone: Tone; icon: ReactElement }> = {
  'pending-approval': { tone: 'info', icon: <RiUserFollowLine aria-hidden /> },
  running: { tone: 'info', icon: <RiLoader4Line aria-hidden /> },
  paused: { tone: 'warn', icon: <RiPauseLine aria-hidden /> },
  aborting: { tone: 'warn', icon: <RiArrowGoBackLine aria-hidden /> },
  completed: { tone: 'good', icon: <RiCheckLine aria-hidden /> },
  aborted: { tone: 'warn', icon: <RiArrowGoBackLine aria-hidden /> },
  failed: { tone: 'bad', icon: <RiCloseLine aria-hidden /> },
};

/** What a reader can do to a shift. */
type Act = 'pause' | 'resume' | 'abort';

const ACTS: Partial<Record<ShiftStatus, Act[]>> = {
  'pending-approval': ['abort'],
  running: ['pause', 'abort'],
  paused: ['resume', 'abort'],
};

const ACT_ICON: Record<Act, ReactElement> = {
  pause: <RiPauseLine />,
  resume: <RiPlayLine />,
  abort: <RiArrowGoBackLine />,
};

/** The gradual shift that is under way or has just ended; nothing while there is none. */
export function ShiftProgress(props: {
  target: ServiceRuleTarget;
  /** Grows when something was changed here, so that the shift is read at once. */
  revision: number;
  onChanged: () => void;
}) {
  const { target, revision, onChanged } = props;
  const { meshId, namespace, name } = target;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const now = useNow();
  const [asked, setAsked] = useState<Act>();
  const load = useCallback(
    (signal: AbortSignal) =>
      api.listShifts({ meshId, namespace, name, limit: 1 }, { signal }),
    [api, meshId, namespace, name],
  );
  const { value, refresh } = usePolling(load, POLL_MS);
  useEffect(() => {
    if (revision > 0) refresh();
  }, [revision, refresh]);
  const shift = value?.items[0];
  if (
    !shift ||
    (shift.finishedAt && Date.parse(shift.finishedAt) + AFTERGLOW_MS < now)
  ) {
    return null;
  }
  return (
    <Section
      title={t('shift.progressTitle')}
      actions={ACTS[shift.status]?.map(act => (
        <Button
          key={act}
          size="small"
          variant="secondary"
          iconStart={ACT_ICON[act]}
          onPress={() => setAsked(act)}
        >
          {t(`shift.${act}`)}
        </Button>
      ))}
    >
      <ShiftState shift={shift} />
      {asked && (
        <ReasonDialog
          title={t(`shift.${asked}Title`)}
          description={t(`shift.${asked}Description`)}
          submit={t(`shift.${asked}Submit`)}
          onClose={() => setAsked(undefined)}
          onSubmit={async reason => {
            await api[`${asked}Shift`](shift.id, reason);
            refresh();
            onChanged();
          }}
        />
      )}
    </Section>
  );
}

function ShiftState(props: { shift: Shift }) {
  const { shift } = props;
  const { t, locale } = useText();
  const { tone, icon } = LOOK[shift.status];
  return (
    <div className={styles.shift}>
      <div className={styles.line} role="status">
        <strong>
          {shift.from} → {shift.to}
        </strong>
        <Pill tone={tone} icon={icon}>
          {t(`shiftStatus.${shift.status}`)}
        </Pill>
        <span>{t('shift.reached', { percent: String(shift.percent) })}</span>
      </div>
      <div
        className={styles.track}
        role="progressbar"
        aria-label={t('shift.progressTitle')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={shift.percent}
      >
        <span style={{ width: `${shift.percent}%` }} data-tone={tone} />
      </div>
      <ol className={styles.steps} aria-label={t('shift.steps')}>
        {shift.steps.map(percent => (
          <li
            key={percent}
            data-done={percent <= shift.percent}
            aria-current={percent === shift.percent ? 'step' : undefined}
          >
            {percent <= shift.percent && <RiCheckLine aria-hidden />}
            {`${percent} %`}
          </li>
        ))}
      </ol>
      <Text as="p" variant="body-small" color="secondary">
        {t('changes.by', {
          who: shortRef(shift.requestedBy),
          when: formatDateTime(shift.requestedAt, locale),
        })}
        {' · '}
        {t('shift.holds', { seconds: String(shift.holdSeconds) })}
        {' · '}
        {shift.reason}
      </Text>
      {shift.detail && <Text as="p">{shift.detail}</Text>}
    </div>
  );
}
