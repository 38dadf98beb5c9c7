import { useApi } from '@backstage/frontend-plugin-api';
import type { MemberCluster } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button, Skeleton, Text } from '@backstage/ui';
import { RiAddLine, RiCheckLine, RiLockLine } from '@remixicon/react';
import { useCallback, useState } from 'react';
import { useParams } from 'react-router-dom';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { useFollowed } from '../../hooks/useFollowed';
import { useText } from '../../hooks/useText';
import { Changes } from '../Changes/Changes';
import { ErrorNotice } from '../common/ErrorNotice';
import { FreshnessPill } from '../common/FreshnessPill';
import { Pill } from '../common/Pill';
import { StatePill } from '../common/StatePill';
import { LocalityControl } from '../Controls/LocalityControl';
import { JoinDialog } from '../JoinDialog/JoinDialog';
import { LeaveDialog } from '../LeaveDialog/LeaveDialog';
import { ClusterTable } from './ClusterTable';
import { EnvironmentsSection } from './EnvironmentsSection';
import styles from './MeshPage.module.css';
import { NetworkSection } from './NetworkSection';
import { ServicesTable } from './ServicesTable';

const POLL_MS = 5000;

/** One mesh: what it is, its network, its clusters, its rule, its services. */
export function MeshDetail() {
  const { mesh: wanted = '' } = useParams();
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const [joining, setJoining] = useState(false);
  const [leaving, setLeaving] = useState<MemberCluster>();
  const [revision, setRevision] = useState(0);
  const load = useCallback(
    (signal: AbortSignal) => api.getMesh(wanted, { signal }),
    [api, wanted],
  );
  const { value: mesh, error, refresh } = useFollowed(load, undefined, POLL_MS);
  const onChanged = useCallback(() => {
    refresh();
    setRevision(n => n + 1);
  }, [refresh]);

  if (!mesh) {
    return (
      <div className={styles.page}>
        {error ? (
          <ErrorNotice
            title={t('mesh.failed', { mesh: wanted })}
            error={error}
            onRetry={refresh}
          />
        ) : (
          <div
            className={styles.page}
            role="status"
            aria-label={t('common.loading')}
          >
            <Skeleton width={320} height={36} />
            <Skeleton width="100%" height={240} />
            <Skeleton width="100%" height={180} />
          </div>
        )}
      </div>
    );
  }
  const regions = [...new Set(mesh.clusters.map(cluster => cluster.region))];
  const { distribution } = mesh.gates;
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className={styles.headText}>
          <Text as="h1" variant="title-medium" weight="bold">
            {mesh.name}
          </Text>
          <div className={styles.facts}>
            <StatePill state={mesh.state} />
            <FreshnessPill freshness={mesh.freshness} />
            <span>{mesh.region}</span>
            <span>ASM {mesh.version}</span>
            <Pill
              tone={distribution.allowed ? 'good' : 'info'}
              icon={
                distribution.allowed ? (
                  <RiCheckLine aria-hidden />
                ) : (
                  <RiLockLine aria-hidden />
                )
              }
            >
              {distribution.allowed
                ? t('mesh.gateOpen')
                : t('control.gate', { version: distribution.requires })}
            </Pill>
          </div>
          <div className={styles.small}>{mesh.id}</div>
        </div>
        <Button
          variant="primary"
          iconStart={<RiAddLine />}
          onPress={() => setJoining(true)}
        >
          {t('join.open')}
        </Button>
      </header>
      {error && (
        <ErrorNotice
          title={t('tab.refreshFailed')}
          error={error}
          onRetry={refresh}
        />
      )}
      <ClusterTable
        clusters={mesh.clusters}
        onJoin={() => setJoining(true)}
        onLeave={setLeaving}
      />
      <NetworkSection meshId={mesh.id} />
      <LocalityControl
        targets={[
          {
            target: { scope: 'mesh', meshId: mesh.id },
            current: mesh.locality,
          },
        ]}
        regions={regions}
        callers={regions.map(region => ({
          id: region,
          kind: 'sidecars',
          name: region,
          region,
          proxies: 0,
          localitySource: 'node',
        }))}
        gates={mesh.gates}
        onChanged={onChanged}
      />
      <EnvironmentsSection meshId={mesh.id} />
      <ServicesTable mesh={mesh} revision={revision} />
      <Changes meshId={mesh.id} revision={revision} onChanged={onChanged} />
      {joining && (
        <JoinDialog
          meshId={mesh.id}
          meshName={mesh.name}
          onJoined={refresh}
          onClose={() => setJoining(false)}
        />
      )}
      {leaving && (
        <LeaveDialog
          meshId={mesh.id}
          meshName={mesh.name}
          cluster={leaving}
          onLeft={refresh}
          onClose={() => setLeaving(undefined)}
        />
      )}
    </div>
  );
}
