import { useApi } from '@backstage/frontend-plugin-api';
import type { Environment } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button, ButtonLink, Skeleton, Text } from '@backstage/ui';
import {
  RiCheckLine,
  RiDeleteBinLine,
  RiErrorWarningLine,
  RiRefreshLine,
} from '@remixicon/react';
import { useCallback, useState } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { useNow } from '../../hooks/useNow';
import { usePolling } from '../../hooks/usePolling';
import { useText } from '../../hooks/useText';
import { formatAgo } from '../../lib/format';
import { ErrorNotice } from '../common/ErrorNotice';
import { Pill, type Tone } from '../common/Pill';
import { Section } from '../common/Section';
import { DriftTable } from './DriftTable';
import styles from './MeshPage.module.css';

const POLL_MS = 15_000;

const statusTone: Record<Environment['status'], Tone> = {
  provisioning: 'info',
  ready: 'good',
  incomplete: 'warn',
};

/** Address of the template that removes an environment, with its name filled in. */
function removalHref({ name, account }: Environment): string {
  const formData = JSON.stringify({ environment: name, account });
  return `/create/templates/default/destroy-environment?formData=${encodeURIComponent(
    formData,
  )}`;
}

function DriftPill(props: { environment: Environment }) {
  const { drift, status } = props.environment;
  const { t, locale } = useText();
  const now = useNow();
  if (status === 'provisioning') return null;
  if (!drift) return <Pill>{t('environments.notCompared')}</Pill>;
  const ago = formatAgo(drift.checkedAt, now, locale);
  if (drift.error) {
    return (
      <Pill tone="bad" icon={<RiErrorWarningLine aria-hidden />}>
        {t('environments.compareFailed', { ago })}
      </Pill>
    );
  }
  return drift.items.length ? (
    <Pill tone="warn" icon={<RiErrorWarningLine aria-hidden />}>
      {t('environments.differences', { count: drift.items.length, ago })}
    </Pill>
  ) : (
    <Pill tone="good" icon={<RiCheckLine aria-hidden />}>
      {t('environments.inSync', { ago })}
    </Pill>
  );
}

function EnvironmentCard(props: {
  environment: Environment;
  onCompared: () => void;
}) {
  const { environment, onCompared } = props;
  const { name, status, regions, account, owner, drift } = environment;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const [comparing, setComparing] = useState(false);
  const [error, setError] = useState<Error>();
  const compare = async () => {
    setComparing(true);
    setError(undefined);
    try {
      await api.checkDrift(name);
      onCompared();
    } catch (failure) {
      setError(failure as Error);
    } finally {
      setComparing(false);
    }
  };
  return (
    <article className={styles.environment} aria-label={name}>
      <div className={styles.head}>
        <div className={styles.headText}>
          <Text as="h3" variant="body-large" weight="bold">
            {name}
          </Text>
          <div className={styles.facts}>
            <Pill tone={statusTone[status]}>
              {t(`environments.status.${status}`)}
            </Pill>
            <DriftPill environment={environment} />
            <span>{regions.join(' · ')}</span>
          </div>
          <div className={styles.small}>
            {[account, owner].filter(Boolean).join(' · ')}
          </div>
        </div>
        <div className={styles.facts}>
          <Button
            variant="secondary"
            iconStart={<RiRefreshLine />}
            isDisabled={comparing || status === 'provisioning'}
            onPress={compare}
          >
            {comparing
              ? t('environments.comparing')
              : t('environments.compare')}
          </Button>
          <ButtonLink
            variant="secondary"
            iconStart={<RiDeleteBinLine />}
            href={removalHref(environment)}
          >
            {t('environments.remove')}
          </ButtonLink>
        </div>
      </div>
      {error && (
        <ErrorNotice
          title={t('environments.couldNotCompare')}
          error={error}
          onRetry={compare}
        />
      )}
      {drift?.error && <p className={styles.cause}>{drift.error}</p>}
      {drift && drift.items.length > 0 && <DriftTable drift={drift} />}
    </article>
  );
}

/** The environments that a mesh belongs to, and how the cloud differs from them. Absent for a mesh that no template made. */
export function EnvironmentsSection(props: { meshId: string }) {
  const { meshId } = props;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const load = useCallback(
    async (signal: AbortSignal) =>
      (await api.listEnvironments({ signal })).filter(
        environment => environment.parts.mesh?.id === meshId,
      ),
    [api, meshId],
  );
  const { value, error, refresh } = usePolling(load, POLL_MS);
  if (value?.length === 0) return null;
  return (
    <Section
      title={t('environments.title')}
      subtitle={t('environments.subtitle')}
    >
      {error && (
        <ErrorNotice
          title={t('environments.failed')}
          error={error}
          onRetry={refresh}
        />
      )}
      {!value && !error && <Skeleton width="100%" height={80} />}
      {value?.map(environment => (
        <EnvironmentCard
          key={environment.name}
          environment={environment}
          onCompared={refresh}
        />
      ))}
    </Section>
  );
}
