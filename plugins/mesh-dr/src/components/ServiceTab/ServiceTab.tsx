import { useApi } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import {
  ANNOTATION_HOST,
  ANNOTATION_MESH,
  type MeshSummary,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useCallback, useState } from 'react';
import type { ServiceAdditions } from '../../additions/types';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { useMayChange } from '../../hooks/useMayChange';
import { useFollowed } from '../../hooks/useFollowed';
import {
  useServiceTarget,
  type ServiceName,
} from '../../hooks/useServiceTarget';
import { useText } from '../../hooks/useText';
import { intentFromRule } from '../../lib/draft';
import { Acts, type ServiceRuleTarget } from '../Acts/Acts';
import { ShiftProgress } from '../Acts/ShiftProgress';
import { Changes } from '../Changes/Changes';
import { AfterFrame } from '../common/AfterFrame';
import { EmptyState } from '../common/EmptyState';
import { ErrorNotice, statusOf } from '../common/ErrorNotice';
import { Section } from '../common/Section';
import {
  LocalityControl,
  type LocalityControlProps,
} from '../Controls/LocalityControl';
import { RegionalTopology } from '../RegionalTopology/RegionalTopology';
import { Verify } from '../Verify/Verify';
import { ServiceSkeleton, WorkbenchSkeleton } from './ServiceSkeleton';
import styles from './ServiceTab.module.css';
import { TopologyAge } from './TopologyAge';
import { VerdictBanner } from './VerdictBanner';

/** How often the topology is asked for, ms; unchanged answers are 304 and cost nothing. */
const TOPOLOGY_POLL_MS = 4000;

/** The "Disaster recovery" tab of a catalog entity. */
export function ServiceTab(additions: ServiceAdditions) {
  const { entity } = useEntity();
  const { t } = useText();
  const target = useServiceTarget(entity);
  const yaml = (annotations: string) =>
    `apiVersion: ${entity.apiVersion}\nkind: ${entity.kind}\nmetadata:\n  name: ${entity.metadata.name}\n  annotations:\n${annotations}`;
  switch (target.state) {
    case 'loading':
      return <ServiceSkeleton />;
    case 'no-annotation':
    case 'bad-annotation':
      return (
        <EmptyState
          title={t('tab.noAnnotationTitle')}
          description={
            target.state === 'bad-annotation'
              ? t('tab.badAnnotation', { value: target.value })
              : t('tab.noAnnotation')
          }
          code={yaml(`    ${ANNOTATION_HOST}: ${entity.metadata.name}.default`)}
        />
      );
    case 'error':
      return (
        <ErrorNotice
          title={t('tab.meshFailed')}
          error={target.error}
          onRetry={target.retry}
        />
      );
    case 'no-mesh':
      return (
        <EmptyState
          title={t('mesh.noneTitle')}
          description={t('mesh.noneDescription')}
        />
      );
    case 'several-meshes':
      return (
        <EmptyState
          title={t('tab.severalTitle')}
          description={t('tab.several', {
            meshes: target.meshes.map(mesh => mesh.name).join(', '),
          })}
          code={yaml(
            `    ${ANNOTATION_HOST}: ${entity.metadata.annotations?.[ANNOTATION_HOST]}\n    ${ANNOTATION_MESH}: ${target.meshes[0].name}`,
          )}
        />
      );
    default:
      return (
        <ServiceView
          key={`${target.mesh.id}/${target.service.namespace}/${target.service.name}`}
          {...additions}
          service={target.service}
          mesh={target.mesh}
          onMeshChanged={target.refreshMesh}
        />
      );
  }
}

function ServiceView(
  props: {
    service: ServiceName;
    mesh: MeshSummary;
    onMeshChanged: () => void;
  } & ServiceAdditions,
) {
  const { mesh, onMeshChanged, checks, panels = [] } = props;
  const { namespace, name } = props.service;
  const api = useApi(meshDrApiRef);
  const { language, t } = useText();
  const target: ServiceRuleTarget = {
    scope: 'service',
    meshId: mesh.id,
    namespace,
    name,
  };
  const mayChange = useMayChange(target);
  const [proposal, setProposal] = useState<LocalityControlProps['proposal']>();
  const [changes, setChanges] = useState(0);
  const load = useCallback(
    (signal: AbortSignal) =>
      api.getTopology({ meshId: mesh.id, namespace, name }, { signal }),
    [api, mesh.id, namespace, name],
  );
  const {
    value: topology,
    error,
    refresh,
  } = useFollowed(load, mesh.id, TOPOLOGY_POLL_MS);
  const onChanged = useCallback(() => {
    refresh();
    onMeshChanged();
    setChanges(n => n + 1);
  }, [refresh, onMeshChanged]);

  if (!topology) {
    return error ? (
      <ErrorNotice
        title={t('tab.topologyFailed', { service: `${namespace}/${name}` })}
        error={error}
        advice={statusOf(error) === 404 ? t('tab.notFoundAdvice') : undefined}
        onRetry={refresh}
      />
    ) : (
      <ServiceSkeleton />
    );
  }
  return (
    <div className={styles.tab}>
      <VerdictBanner
        topology={topology}
        checks={checks}
        onFix={intent =>
          setProposal(previous => ({
            intent,
            scope: 'service',
            nonce: (previous?.nonce ?? 0) + 1,
          }))
        }
      />
      {error && (
        <ErrorNotice
          title={t('tab.refreshFailed')}
          error={error}
          onRetry={refresh}
        />
      )}
      <RegionalTopology topology={topology} />
      <ShiftProgress target={target} revision={changes} onChanged={onChanged} />
      <TopologyAge mesh={topology.mesh} computedAt={topology.computedAt} />
      <AfterFrame fallback={<WorkbenchSkeleton />}>
        <LocalityControl
          targets={[
            {
              target,
              current: intentFromRule(topology.rule),
            },
            {
              target: { scope: 'mesh', meshId: mesh.id },
              current: mesh.locality,
            },
          ]}
          regions={topology.regions.map(({ region }) => region)}
          callers={topology.callers}
          gates={topology.mesh.gates}
          proposal={proposal}
          actions={
            <Acts
              target={target}
              topology={topology}
              isDisabled={mayChange === false}
              onChanged={onChanged}
            />
          }
          onChanged={onChanged}
        />
        <Verify meshId={mesh.id} topology={topology} />
        <Changes
          meshId={mesh.id}
          service={props.service}
          revision={changes}
          onChanged={onChanged}
        />
        {panels.map(({ id, title, Component }) => (
          <Section
            key={id}
            title={typeof title === 'string' ? title : title(language)}
          >
            <Component topology={topology} />
          </Section>
        ))}
      </AfterFrame>
    </div>
  );
}
