import type { ServiceTopology } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { ToggleButton, ToggleButtonGroup } from '@backstage/ui';
import { RiNodeTree, RiTable2 } from '@remixicon/react';
import { useState, type CSSProperties } from 'react';
import { useText } from '../../hooks/useText';
import { useWidth } from '../../hooks/useWidth';
import { flows, regionColumns } from '../../lib/flows';
import common from '../common/common.module.css';
import { Section } from '../common/Section';
import { FlowArrows } from './FlowArrows';
import { RegionColumn } from './RegionColumn';
import styles from './RegionalTopology.module.css';
import { RuleInForce } from './RuleInForce';
import { TopologyTable } from './TopologyTable';

/** Where the service runs, who calls it from where, and where those calls go under the rule in force. */
export function RegionalTopology(props: { topology: ServiceTopology }) {
  const { topology } = props;
  const { t } = useText();
  const [view, setView] = useState<'map' | 'table'>('map');
  return (
    <Section
      title={t('topology.title')}
      subtitle={t('topology.subtitle', { host: topology.service.host })}
      actions={
        <ToggleButtonGroup
          className={common.segmented}
          aria-label={t('topology.view')}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[view]}
          onSelectionChange={keys =>
            setView(keys.has('table') ? 'table' : 'map')
          }
        >
          <ToggleButton id="map" iconStart={<RiNodeTree />}>
            {t('topology.viewMap')}
          </ToggleButton>
          <ToggleButton id="table" iconStart={<RiTable2 />}>
            {t('topology.viewTable')}
          </ToggleButton>
        </ToggleButtonGroup>
      }
    >
      {view === 'map' ? (
        <TopologyMap topology={topology} />
      ) : (
        <TopologyTable topology={topology} />
      )}
      <RuleInForce rule={topology.rule} />
    </Section>
  );
}

function TopologyMap(props: { topology: ServiceTopology }) {
  const { topology } = props;
  const { t } = useText();
  const columns = regionColumns(topology);
  const { ref, width } = useWidth<HTMLDivElement>(960);
  return (
    <>
      <div className={styles.scroll}>
        <div
          ref={ref}
          className={styles.canvas}
          style={{ '--mdr-columns': columns.length } as CSSProperties}
        >
          {columns.map(({ region, callers }, index) => (
            <RegionColumn
              key={region}
              region={region}
              index={index}
              callers={callers}
              topology={topology.regions.find(r => r.region === region)}
              gateways={topology.gateways}
            />
          ))}
          <FlowArrows
            flows={flows(columns)}
            columns={columns.length}
            width={width}
          />
        </div>
      </div>
      <div className={styles.legend}>
        <span>
          <i
            className={styles.swatch}
            style={{ '--mdr-swatch': '#2f7de1' } as CSSProperties}
          />
          {t('topology.legendLocal')}
        </span>
        <span>
          <i
            className={styles.swatch}
            style={{ '--mdr-swatch': '#e0832f' } as CSSProperties}
          />
          {t('topology.legendRemote')}
        </span>
        <span>{t('topology.legendWidth')}</span>
      </div>
    </>
  );
}
