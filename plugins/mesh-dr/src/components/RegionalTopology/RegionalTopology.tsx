import type { ServiceTopology } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { ToggleButton, ToggleButtonGroup } from '@backstage/ui';
import { RiNodeTree, RiQuestionLine, RiTable2 } from '@remixicon/react';
import { useMemo, useState, type CSSProperties } from 'react';
import { useText } from '../../hooks/useText';
import { useWhatIf } from '../../hooks/useWhatIf';
import { regionColumns } from '../../lib/flows';
import {
  answer as answerTo,
  choicesIn,
  NOTHING_ASKED,
  type WhatIfAnswer,
  type WhatIfQuestion,
} from '../../lib/whatIf';
import common from '../common/common.module.css';
import { ScrollBox } from '../common/ScrollBox';
import { Section } from '../common/Section';
import { FlowArrows } from './FlowArrows';
import { RegionColumn } from './RegionColumn';
import styles from './RegionalTopology.module.css';
import { RuleInForce } from './RuleInForce';
import { TopologyTable } from './TopologyTable';
import { isRegionLost, LoseRegion, WhatIfControls } from './WhatIfControls';
import { WhatIfPanel } from './WhatIfPanel';

/** Where the service runs, who calls it from where, and where those calls go under the rule in force. */
export function RegionalTopology(props: { topology: ServiceTopology }) {
  const { topology } = props;
  const { t } = useText();
  const [view, setView] = useState<'map' | 'table'>('map');
  const { question, ask } = useWhatIf();
  const answer = useMemo(
    () => question && answerTo(topology, question),
    [topology, question],
  );
  return (
    <Section
      title={t('topology.title')}
      subtitle={t('topology.subtitle', { host: topology.service.host })}
      actions={
        <>
          <ToggleButton
            iconStart={<RiQuestionLine />}
            isSelected={question !== undefined}
            onChange={on => ask(on ? NOTHING_ASKED : undefined)}
          >
            {t('whatIf.title')}
          </ToggleButton>
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
        </>
      }
    >
      {view === 'map' ? (
        <TopologyMap
          topology={topology}
          answer={answer}
          question={question}
          ask={ask}
        />
      ) : (
        <TopologyTable topology={topology} answer={answer} />
      )}
      {view === 'table' && question && (
        <WhatIfList topology={topology} question={question} ask={ask} />
      )}
      {question && answer && (
        <WhatIfPanel question={question} answer={answer} ask={ask} />
      )}
      <RuleInForce rule={topology.rule} />
    </Section>
  );
}

/** What can be asked, region by region, for readers of the table. */
function WhatIfList(props: {
  topology: ServiceTopology;
  question: WhatIfQuestion;
  ask: (question: WhatIfQuestion) => void;
}) {
  const { topology, question, ask } = props;
  return (
    <div className={styles.whatIfList}>
      {topology.regions.map(({ region }) => {
        const whatIf = {
          question,
          ask,
          region,
          choices: choicesIn(topology.whatIf, region),
        };
        return (
          <div key={region} className={common.stack}>
            <LoseRegion {...whatIf} />
            <WhatIfControls {...whatIf} />
          </div>
        );
      })}
    </div>
  );
}

function TopologyMap(props: {
  topology: ServiceTopology;
  answer?: WhatIfAnswer;
  question?: WhatIfQuestion;
  ask: (question: WhatIfQuestion) => void;
}) {
  const { answer, question, ask } = props;
  const topology = answer?.topology ?? props.topology;
  const { t } = useText();
  const columns = useMemo(() => regionColumns(topology), [topology]);
  return (
    <>
      <ScrollBox className={styles.scroll} label={t('topology.viewMap')}>
        <div
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
              gone={answer?.gone}
              whatIf={
                question && {
                  question,
                  ask,
                  choices: choicesIn(topology.whatIf, region),
                }
              }
            />
          ))}
          <FlowArrows
            columns={columns}
            failing={
              new Set(
                columns.flatMap(({ region }, index) =>
                  isRegionLost(question, region) ? [index] : [],
                ),
              )
            }
          />
        </div>
      </ScrollBox>
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
