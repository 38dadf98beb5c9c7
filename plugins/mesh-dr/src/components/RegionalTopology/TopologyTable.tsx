import type { ServiceTopology } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useText } from '../../hooks/useText';
import { regionColumns } from '../../lib/flows';
import { formatPercent } from '../../lib/format';
import type { WhatIfAnswer } from '../../lib/whatIf';
import common from '../common/common.module.css';
import { FreshnessPill } from '../common/FreshnessPill';
import { ScrollBox } from '../common/ScrollBox';

/** The facts of the picture as two tables; with a what-if, what is and what would be. */
export function TopologyTable(props: {
  topology: ServiceTopology;
  answer?: WhatIfAnswer;
}) {
  const { topology, answer } = props;
  const { t, locale } = useText();
  const columns = regionColumns(topology);
  const share = (of: ServiceTopology, callerId: string, region: string) => {
    const split = of.predicted.find(other => other.callerId === callerId);
    return split?.noHealthyUpstream
      ? t('topology.noUpstream')
      : `${formatPercent(split?.shares[region] ?? 0, locale)} %`;
  };
  return (
    <div className={common.stack}>
      <ScrollBox label={t('topology.tableEndpoints')}>
        <table className={common.table}>
          <caption>{t('topology.tableEndpoints')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('topology.region')}</th>
              <th scope="col">{t('topology.cluster')}</th>
              <th scope="col">{t('topology.version')}</th>
              <th scope="col">{t('topology.ready')}</th>
              <th scope="col">{t('topology.freshness')}</th>
            </tr>
          </thead>
          <tbody>
            {topology.regions.flatMap(region =>
              region.clusters.flatMap(cluster => {
                const versions = [
                  ...new Set(cluster.endpoints.map(e => e.version)),
                ].sort((a, b) => a.localeCompare(b));
                return (versions.length ? versions : ['–']).map(version => {
                  const own = cluster.endpoints.filter(
                    endpoint => endpoint.version === version,
                  );
                  return (
                    <tr key={`${cluster.id}/${version}`}>
                      <th scope="row">{region.region}</th>
                      <td>{cluster.name}</td>
                      <td>{version}</td>
                      <td>
                        {t('topology.readyOfTotal', {
                          ready: String(own.filter(e => e.ready).length),
                          total: String(own.length),
                        })}
                      </td>
                      <td>
                        <FreshnessPill freshness={cluster.freshness} />
                      </td>
                    </tr>
                  );
                });
              }),
            )}
          </tbody>
        </table>
      </ScrollBox>
      <ScrollBox label={t('topology.tableShares')}>
        <table className={common.table}>
          <caption>
            {answer ? t('whatIf.tableShares') : t('topology.tableShares')}
          </caption>
          <thead>
            <tr>
              <th scope="col">{t('topology.caller')}</th>
              <th scope="col">{t('topology.proxiesHead')}</th>
              {columns.map(({ region }) => (
                <th key={region} scope="col">
                  → {region}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {topology.callers.map(caller => (
              <tr key={caller.id}>
                <th scope="row">
                  {caller.kind === 'gateway'
                    ? caller.name
                    : t('topology.sidecars')}{' '}
                  · {caller.zone ?? caller.region}
                </th>
                <td>{caller.proxies}</td>
                {columns.map(({ region }) => (
                  <td key={region}>
                    {share(topology, caller.id, region)}
                    {answer &&
                      ` → ${
                        answer.gone.has(caller.id)
                          ? t('whatIf.isGone')
                          : share(answer.topology, caller.id, region)
                      }`}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </div>
  );
}
