import { useApi } from '@backstage/frontend-plugin-api';
import type { Change } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button, Skeleton } from '@backstage/ui';
import { useCallback, useEffect, useState } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { usePolling } from '../../hooks/usePolling';
import type { ServiceName } from '../../hooks/useServiceTarget';
import { useText } from '../../hooks/useText';
import common from '../common/common.module.css';
import { EmptyState } from '../common/EmptyState';
import { ErrorNotice } from '../common/ErrorNotice';
import { Section } from '../common/Section';
import { ApproveDialog } from './ApproveDialog';
import { ChangeItem } from './ChangeItem';
import styles from './Changes.module.css';
import { ReasonDialog } from './ReasonDialog';

/** How often the history is read again, ms: an approval may come from somebody else. */
const POLL_MS = 8000;
const PAGE_SIZE = 20;

export interface ChangesProps {
  meshId: string;
  /** Absent: mesh-wide changes and those of every service of the mesh. */
  service?: ServiceName;
  /** Grows when something was changed here, so that the list is read at once. */
  revision: number;
  onChanged: () => void;
}

/** Who changed what, when, why and with what outcome; undo with one press. */
export function Changes(props: ChangesProps) {
  const { meshId, service, revision, onChanged } = props;
  const namespace = service?.namespace;
  const name = service?.name;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const [older, setOlder] = useState<{ items: Change[]; cursor?: string }>();
  const [olderError, setOlderError] = useState<Error>();
  const [asking, setAsking] = useState<{
    change: Change;
    what: 'rollback' | 'reject';
  }>();
  const [approving, setApproving] = useState<Change>();
  const query = useCallback(
    (cursor: string | undefined, signal?: AbortSignal) =>
      api.listChanges(
        {
          meshId,
          ...(namespace && name && { namespace, name, meshWide: true }),
          limit: PAGE_SIZE,
          ...(cursor && { cursor }),
        },
        { signal },
      ),
    [api, meshId, namespace, name],
  );
  const load = useCallback(
    (signal: AbortSignal) => query(undefined, signal),
    [query],
  );
  const { value, error, refresh } = usePolling(load, POLL_MS);
  useEffect(() => {
    if (revision > 0) refresh();
  }, [revision, refresh]);

  const done = () => {
    refresh();
    onChanged();
  };
  const loadOlder = async () => {
    const cursor = older ? older.cursor : value?.nextCursor;
    if (!cursor) return;
    setOlderError(undefined);
    try {
      const page = await query(cursor);
      setOlder(previous => ({
        items: [...(previous?.items ?? []), ...page.items],
        cursor: page.nextCursor,
      }));
    } catch (e) {
      setOlderError(e as Error);
    }
  };

  const newest = value?.items ?? [];
  const known = new Set(newest.map(change => change.id));
  const items = [
    ...newest,
    ...(older?.items ?? []).filter(change => !known.has(change.id)),
  ];
  const more = older ? older.cursor : value?.nextCursor;
  return (
    <Section
      id="changes"
      title={t('changes.title')}
      subtitle={t('changes.subtitle')}
    >
      <div className={common.stack}>
        {error && (
          <ErrorNotice
            title={t('changes.failed')}
            error={error}
            onRetry={refresh}
          />
        )}
        {!value && !error && (
          <>
            <Skeleton width="100%" height={48} />
            <Skeleton width="100%" height={48} />
          </>
        )}
        {value && items.length === 0 && (
          <EmptyState
            title={t('changes.emptyTitle')}
            description={t('changes.empty')}
          />
        )}
        {items.length > 0 && (
          <ul className={styles.list}>
            {items.map(change => (
              <ChangeItem
                key={change.id}
                change={change}
                onRollback={() => setAsking({ change, what: 'rollback' })}
                onApprove={() => setApproving(change)}
                onReject={() => setAsking({ change, what: 'reject' })}
              />
            ))}
          </ul>
        )}
        {olderError && (
          <ErrorNotice title={t('changes.failed')} error={olderError} />
        )}
        {more && (
          <div className={common.row}>
            <Button variant="secondary" onPress={loadOlder}>
              {t('changes.older')}
            </Button>
          </div>
        )}
      </div>
      {approving && (
        <ApproveDialog
          change={approving}
          onDone={done}
          onClose={() => setApproving(undefined)}
        />
      )}
      {asking && (
        <ReasonDialog
          breakGlass={asking.what === 'rollback'}
          title={t(`changes.${asking.what}Title`)}
          description={t(`changes.${asking.what}Description`)}
          submit={t(`changes.${asking.what}`)}
          onClose={() => setAsking(undefined)}
          onSubmit={async (reason, overrides) => {
            if (asking.what === 'rollback') {
              await api.rollbackChange(
                asking.change.id,
                overrides.length ? { reason, overrides } : reason,
              );
            } else {
              await api.rejectChange(asking.change.id, reason);
            }
            done();
          }}
        />
      )}
    </Section>
  );
}
