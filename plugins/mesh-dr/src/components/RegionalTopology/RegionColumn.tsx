import type {
  CallerTopology,
  ClusterTopology,
  GatewayTopology,
  PredictedSplit,
  RegionTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { VisuallyHidden } from '@backstage/ui';
import { RiDoorOpenLine, RiGroupLine } from '@remixicon/react';
import { memo, useId, type CSSProperties } from 'react';
import { useText } from '../../hooks/useText';
import type { CallerGroup } from '../../lib/flows';
import { isAsked } from '../../lib/whatIf';
import { formatPercent } from '../../lib/format';
import {
  FreshnessPill,
  freshnessReason,
  isDark,
} from '../common/FreshnessPill';
import styles from './RegionalTopology.module.css';
import {
  isRegionLost,
  LoseRegion,
  WhatIfControls,
  type RegionWhatIf,
} from './WhatIfControls';

export interface RegionColumnProps {
  region: string;
  /** Zero-based place from the left. */
  index: number;
  /** Absent when the region only has callers. */
  topology?: RegionTopology;
  callers: CallerGroup[];
  gateways: GatewayTopology[];
  /** Callers that would be gone. */
  gone?: ReadonlySet<string>;
  /** Present while the reader asks what if. */
  whatIf?: RegionWhatIf;
}

/** Above this many pods the dots say less than the number. */
const MAX_DOTS = 24;

/** One region: who calls from it, and what answers in it. */
export const RegionColumn = memo(function Column(props: RegionColumnProps) {
  const { region, index, topology, callers, gateways, gone, whatIf } = props;
  const { t } = useText();
  const nameId = useId();
  const dark = topology ? isDark(topology.freshness) : false;
  const lost = isRegionLost(whatIf?.question, region);
  const reason = topology && freshnessReason(topology.freshness);
  const style = { '--mdr-column': index + 1 } as CSSProperties;
  return (
    <div
      role="group"
      aria-labelledby={nameId}
      className={styles.region}
      data-dark={dark}
      data-lost={lost}
      data-testid={`region-${region}`}
      style={style}
    >
      <div className={styles.panel} aria-hidden />
      <div className={styles.head}>
        <div className={styles.headLine}>
          <h3 id={nameId} className={styles.regionName}>
            {region}
          </h3>
          {topology && (
            <span className={styles.count}>
              {t('topology.readyOfTotal', {
                ready: String(topology.ready),
                total: String(topology.total),
              })}
            </span>
          )}
        </div>
        {topology && (
          <div className={styles.headLine}>
            <FreshnessPill freshness={topology.freshness} />
            {whatIf && <LoseRegion {...whatIf} region={region} />}
          </div>
        )}
        {reason && <p className={styles.reason}>{reason}</p>}
      </div>
      <ul className={styles.callers} aria-label={t('topology.callers')}>
        {callers.map(({ caller, zones, split }) => (
          <Caller
            key={caller.id}
            caller={caller}
            zones={zones}
            split={split}
            gone={gone?.has(caller.id)}
            gateway={gateways.find(
              gateway =>
                caller.kind === 'gateway' &&
                gateway.region === region &&
                caller.name.includes(gateway.name),
            )}
          />
        ))}
        {callers.length === 0 && (
          <li className={styles.none}>{t('topology.noCallers')}</li>
        )}
      </ul>
      <div className={styles.services}>
        {(topology?.clusters ?? []).map(cluster => (
          <Cluster
            key={cluster.id}
            cluster={cluster}
            isLost={version =>
              lost ||
              Boolean(
                whatIf &&
                  isAsked(whatIf.question, {
                    kind: 'version',
                    region,
                    version,
                  }),
              )
            }
          />
        ))}
        {!topology?.clusters.length && (
          <div className={styles.none}>{t('topology.noPods')}</div>
        )}
        {whatIf && <WhatIfControls {...whatIf} region={region} />}
      </div>
    </div>
  );
});

function Caller(props: {
  caller: CallerTopology;
  zones: string[];
  split?: PredictedSplit;
  gateway?: GatewayTopology;
  gone?: boolean;
}) {
  const { caller, zones, split, gateway, gone } = props;
  const { t, locale } = useText();
  const shares = Object.entries(split?.shares ?? {})
    .filter(([, share]) => share > 0)
    .map(([region, share]) =>
      t('topology.shareTo', { percent: formatPercent(share, locale), region }),
    )
    .join(', ');
  return (
    <li className={styles.caller} data-gone={gone}>
      <span className={styles.callerName} title={caller.name}>
        {caller.kind === 'gateway' ? (
          <RiDoorOpenLine aria-hidden />
        ) : (
          <RiGroupLine aria-hidden />
        )}
        <span>
          {caller.kind === 'gateway' ? caller.name : t('topology.sidecars')}
        </span>
      </span>
      <span className={styles.callerNote}>
        {t('topology.proxies', { count: caller.proxies })}
        {caller.localitySource === 'assumed' &&
          ` · ${t('topology.regionAssumed')}`}
      </span>
      {caller.kind === 'sidecars' && zones.length > 0 && (
        <span className={styles.callerNote}>{zones.join(', ')}</span>
      )}
      {gateway?.address && (
        <span className={styles.callerNote} title={gateway.address}>
          {gateway.address}
        </span>
      )}
      {gone && <span className={styles.failing}>{t('whatIf.isGone')}</span>}
      {split?.noHealthyUpstream && (
        <span className={styles.failing}>{t('topology.noUpstream')}</span>
      )}
      {shares && <VisuallyHidden>{shares}</VisuallyHidden>}
    </li>
  );
}

function Cluster(props: {
  cluster: ClusterTopology;
  /** Whether a what-if takes the version away. */
  isLost: (version: string) => boolean;
}) {
  const { cluster, isLost } = props;
  const { t } = useText();
  // Versions by the dozen say the same.
  const said = new Map<string, string>();
  const readyOfTotal = (ready: number, total: number) => {
    const key = `${ready}/${total}`;
    const text =
      said.get(key) ??
      t('topology.readyOfTotal', {
        ready: String(ready),
        total: String(total),
      });
    said.set(key, text);
    return text;
  };
  const versions = [
    ...new Set([
      ...cluster.workloads.map(workload => workload.version),
      ...cluster.endpoints.map(endpoint => endpoint.version),
    ]),
  ].sort((a, b) => a.localeCompare(b));
  return (
    <div className={styles.cluster}>
      <div className={styles.clusterName}>
        <span title={cluster.id}>{cluster.name}</span>
        {cluster.freshness.state !== 'ok' && (
          <FreshnessPill freshness={cluster.freshness} />
        )}
      </div>
      {versions.length === 0 && (
        <div className={styles.count}>{t('topology.noPods')}</div>
      )}
      <ul className={styles.versions}>
        {versions.map(version => {
          const endpoints = cluster.endpoints.filter(
            endpoint => endpoint.version === version,
          );
          const workload = cluster.workloads.find(
            candidate => candidate.version === version,
          );
          const total = Math.max(endpoints.length, workload?.desired ?? 0);
          const ready = endpoints.filter(endpoint => endpoint.ready).length;
          return (
            <li
              key={version}
              className={styles.version}
              data-lost={isLost(version)}
            >
              <span className={styles.versionName}>{version}</span>
              <span className={styles.dots} aria-hidden>
                {total <= MAX_DOTS &&
                  Array.from({ length: total }, (_, i) => (
                    <span
                      key={i}
                      className={styles.dot}
                      data-ready={i < ready}
                    />
                  ))}
              </span>
              <span>{readyOfTotal(ready, total)}</span>
              {isLost(version) && (
                <span className={styles.failing}>{t('whatIf.isLost')}</span>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
