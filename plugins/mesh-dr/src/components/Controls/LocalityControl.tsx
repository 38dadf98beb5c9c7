import {
  changeBreakGlassPermission,
  type CallerTopology,
  type Change,
  type LocalityIntent,
  type Preview,
  type RuleTarget,
  type VersionGates,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  Alert,
  Button,
  Text,
  ToggleButton,
  ToggleButtonGroup,
} from '@backstage/ui';
import {
  RiAlarmWarningLine,
  RiArrowGoBackLine,
  RiLockLine,
  RiShuffleLine,
  RiSplitCellsHorizontal,
  RiStopCircleLine,
} from '@remixicon/react';
import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import { useMayChange } from '../../hooks/useMayChange';
import { useMayI } from '../../hooks/useMayI';
import { usePreview } from '../../hooks/usePreview';
import { useText } from '../../hooks/useText';
import {
  draftFromIntent,
  intentFromDraft,
  sameIntent,
  type Draft,
  type DraftMode,
} from '../../lib/draft';
import { isOnlyGuarded } from '../../lib/guardrails';
import { EmptyState } from '../common/EmptyState';
import { Pill } from '../common/Pill';
import common from '../common/common.module.css';
import { Section } from '../common/Section';
import { ApplyDialog } from './ApplyDialog';
import styles from './Controls.module.css';
import { DistributionEditor } from './DistributionEditor';
import { FailoverEditor } from './FailoverEditor';
import { OutlierEditor } from './OutlierEditor';
import { PreviewPanel } from './PreviewPanel';

export type Scope = RuleTarget['scope'];

/** One thing a rule can be written for. */
export interface ControlTarget {
  target: RuleTarget;
  /** What is set there now. */
  current: LocalityIntent;
}

export interface LocalityControlProps {
  /** One or two, in the order offered. */
  targets: ControlTarget[];
  regions: string[];
  callers: CallerTopology[];
  gates: VersionGates;
  /** An intent to take over, e.g. from a fix button elsewhere; `nonce` changes with every press. */
  proposal?: { intent: LocalityIntent; scope: Scope; nonce: number };
  /** Beside the title. */
  actions?: ReactNode;
  onChanged: () => void;
}

/** `Off | Failover | Distribution` with everything needed to decide, and nothing written before Apply. */
export function LocalityControl(props: LocalityControlProps) {
  const { targets, regions, callers, gates, proposal, onChanged } = props;
  const { t } = useText();
  const [scope, setScope] = useState<Scope>(targets[0].target.scope);
  const [drafts, setDrafts] = useState<Partial<Record<Scope, Draft>>>({});
  // What Apply was pressed on. It outlives the edit: once the rule is in force there is nothing to predict any more.
  const [applying, setApplying] = useState<Preview>();
  const [written, setWritten] = useState<Scope>();
  const top = useRef<HTMLDivElement>(null);

  const active =
    targets.find(({ target }) => target.scope === scope) ?? targets[0];
  const callerRegions = callers.map(caller => caller.region);
  const pristine = draftFromIntent(active.current, regions, callerRegions);
  const draft = drafts[scope] ?? pristine;
  const intent = intentFromDraft(draft, active.target.scope);
  // The editor has no words for an evacuation: whatever stands in it would replace one.
  const evacuation =
    active.current.mode === 'evacuation' ? active.current : undefined;
  const edited = !sameIntent(
    intent,
    intentFromDraft(pristine, active.target.scope),
  );
  const dirty = edited || evacuation !== undefined;
  const mayChange = useMayChange(active.target);
  const preview = usePreview(active.target, dirty ? intent : undefined);

  const edit = (change: Partial<Draft>) =>
    setDrafts(all => ({ ...all, [scope]: { ...draft, ...change } }));
  const take = (next: LocalityIntent, into: Scope) =>
    setDrafts(all => ({
      ...all,
      [into]: { ...draftFromIntent(next, regions, callerRegions) },
    }));
  const reset = () => setDrafts(all => ({ ...all, [scope]: undefined }));

  // After a change the draft is dropped as soon as the mesh shows it, so that later changes by others are seen.
  useEffect(() => {
    if (written === scope && !dirty) {
      setWritten(undefined);
      setDrafts(all => ({ ...all, [scope]: undefined }));
    }
  }, [written, scope, dirty]);

  const onApplied = useCallback(
    (change: Change) => {
      if (change.status === 'applied') setWritten(change.target.scope);
      onChanged();
    },
    [onChanged],
  );

  const takeRef = useRef(take);
  takeRef.current = take;
  useEffect(() => {
    if (!proposal) return;
    setScope(proposal.scope);
    takeRef.current(proposal.intent, proposal.scope);
    top.current?.scrollIntoView?.({ behavior: 'smooth', block: 'start' });
  }, [proposal]);

  const mayBreakGlass = useMayI(changeBreakGlassPermission);
  const emergency =
    mayBreakGlass &&
    mayChange !== false &&
    dirty &&
    !preview.loading &&
    preview.preview &&
    isOnlyGuarded(preview.preview);
  const locked = !gates.distribution.allowed;
  return (
    <div ref={top}>
      <Section
        id="controls"
        title={t('control.title')}
        subtitle={t('control.subtitle')}
        actions={props.actions}
      >
        <div className={styles.bar}>
          <div className={styles.field}>
            <span className={styles.label}>{t('control.mode')}</span>
            <ToggleButtonGroup
              className={common.segmented}
              aria-label={t('control.mode')}
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[draft.mode]}
              onSelectionChange={keys => {
                const [mode] = keys;
                if (mode) edit({ mode: mode as DraftMode });
              }}
            >
              <ToggleButton id="off" iconStart={<RiStopCircleLine />}>
                {t('mode.off')}
              </ToggleButton>
              <ToggleButton id="failover" iconStart={<RiShuffleLine />}>
                {t('mode.failover')}
              </ToggleButton>
              <ToggleButton
                id="distribution"
                isDisabled={locked}
                iconStart={locked ? <RiLockLine /> : <RiSplitCellsHorizontal />}
              >
                {t('mode.distribution')}
              </ToggleButton>
            </ToggleButtonGroup>
          </div>
          {targets.length > 1 && (
            <div className={styles.field}>
              <span className={styles.label}>{t('control.scope')}</span>
              <ToggleButtonGroup
                className={common.segmented}
                aria-label={t('control.scope')}
                selectionMode="single"
                disallowEmptySelection
                selectedKeys={[scope]}
                onSelectionChange={keys => {
                  const [next] = keys;
                  if (next) setScope(next as Scope);
                }}
              >
                {targets.map(({ target }) => (
                  <ToggleButton key={target.scope} id={target.scope}>
                    {t(`scope.${target.scope}`)}
                  </ToggleButton>
                ))}
              </ToggleButtonGroup>
            </div>
          )}
          {locked && (
            <Pill tone="info" icon={<RiLockLine aria-hidden />}>
              {t('control.gate', { version: gates.distribution.requires })}
            </Pill>
          )}
        </div>
        {active.target.scope === 'mesh' && (
          <Text as="p" variant="body-medium" color="secondary">
            {t('control.meshWarning')}
          </Text>
        )}
        {mayChange === false && (
          <div className={styles.notice}>
            <Alert
              status="info"
              icon
              title={t('control.forbiddenTitle')}
              description={t(`control.forbidden.${active.target.scope}`)}
            />
          </div>
        )}
        {evacuation && (
          <div className={styles.notice}>
            <Alert
              status="info"
              icon
              title={t('control.evacuationTitle', { region: evacuation.to })}
              description={t('control.evacuation')}
            />
          </div>
        )}
        <div className={styles.grid} data-wide={dirty}>
          <div className={styles.weights}>
            {draft.mode === 'off' && (
              <Text as="p">{t('control.offExplain')}</Text>
            )}
            {draft.mode === 'failover' && (
              <FailoverEditor
                rules={draft.failover}
                regions={regions}
                onChange={failover => edit({ failover })}
              />
            )}
            {draft.mode === 'distribution' && (
              <DistributionEditor
                rows={draft.distribute}
                onChange={distribute => edit({ distribute })}
              />
            )}
            {draft.mode !== 'off' && active.target.scope === 'mesh' && (
              <Text as="p" variant="body-small" color="secondary">
                {t('control.meshOutlier')}
              </Text>
            )}
            {draft.mode !== 'off' && active.target.scope === 'service' && (
              <OutlierEditor
                outlierDetection={draft.outlierDetection}
                connectionPool={draft.connectionPool}
                onChange={edit}
              />
            )}
          </div>
          {dirty ? (
            <PreviewPanel
              state={preview}
              regions={regions}
              callers={callers}
              onFix={next => take(next, scope)}
            />
          ) : (
            <EmptyState
              title={t('control.unchangedTitle')}
              description={t('control.unchanged')}
            />
          )}
        </div>
        <div className={styles.footer}>
          <Button
            variant="secondary"
            iconStart={<RiArrowGoBackLine />}
            isDisabled={!edited}
            onPress={reset}
          >
            {t('control.reset')}
          </Button>
          {emergency && (
            <Button
              variant="secondary"
              iconStart={<RiAlarmWarningLine />}
              onPress={() => setApplying(preview.preview)}
            >
              {t('breakGlass.apply')}
            </Button>
          )}
          <Button
            variant="primary"
            isDisabled={
              !dirty ||
              mayChange === false ||
              preview.loading ||
              !preview.preview?.applicable
            }
            onPress={() => setApplying(preview.preview)}
          >
            {t('control.apply')}
          </Button>
        </div>
        {applying && (
          <ApplyDialog
            preview={preview.preview ?? applying}
            onPreviewAgain={preview.again}
            onChanged={onApplied}
            onClose={() => setApplying(undefined)}
          />
        )}
      </Section>
    </div>
  );
}
