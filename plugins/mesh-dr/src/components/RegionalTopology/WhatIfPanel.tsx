import type { RegionLoad } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  Button,
  NumberField,
  Text,
  ToggleButton,
  ToggleButtonGroup,
} from '@backstage/ui';
import {
  RiArrowGoBackLine,
  RiCheckLine,
  RiErrorWarningLine,
} from '@remixicon/react';
import { useText } from '../../hooks/useText';
import { formatPercent } from '../../lib/format';
import {
  CALLER_FATES,
  DEFAULT_BEARS,
  type CallerFate,
  type WhatIfAnswer,
  type WhatIfQuestion,
} from '../../lib/whatIf';
import common from '../common/common.module.css';
import { Pill } from '../common/Pill';
import { ScrollBox } from '../common/ScrollBox';
import styles from './WhatIf.module.css';

export interface WhatIfPanelProps {
  question: WhatIfQuestion;
  answer: WhatIfAnswer;
  ask: (question: WhatIfQuestion) => void;
}

/** What the question costs: calls that fail, and what every region would have to carry. */
export function WhatIfPanel(props: WhatIfPanelProps) {
  const { question, answer, ask } = props;
  const { t } = useText();
  const asked = question.edits.length > 0;
  return (
    <div
      className={styles.panel}
      role="group"
      aria-label={t('whatIf.title')}
      data-testid="what-if"
    >
      <div className={styles.top}>
        <div role="status" className={styles.sentence}>
          {asked ? (
            <Sentence answer={answer} />
          ) : (
            <Text as="p">{t('whatIf.intro')}</Text>
          )}
        </div>
        <Button
          size="small"
          variant="secondary"
          iconStart={<RiArrowGoBackLine />}
          isDisabled={!asked}
          onPress={() => ask({ ...question, edits: [] })}
        >
          {t('whatIf.reset')}
        </Button>
      </div>
      {asked && (
        <>
          <Assumptions question={question} ask={ask} />
          <LoadTable loads={answer.loads} bears={question.bears} />
          <Text as="p" variant="body-small" color="secondary">
            {t('whatIf.model')}
          </Text>
        </>
      )}
    </div>
  );
}

function Sentence(props: { answer: WhatIfAnswer }) {
  const { topology, gone, failedPercent, failAtFirst } = props.answer;
  const { t, locale } = useText();
  if (gone.size > 0 && gone.size === topology.whatIf.entries.length) {
    return <Text as="p">{t('whatIf.nobodyLeft')}</Text>;
  }
  const fails = failedPercent.after > 0.005;
  return (
    <>
      <Pill
        tone={fails ? 'bad' : 'good'}
        icon={
          fails ? (
            <RiErrorWarningLine aria-hidden />
          ) : (
            <RiCheckLine aria-hidden />
          )
        }
      >
        {fails
          ? t('whatIf.failing', {
              percent: formatPercent(failedPercent.after, locale),
            })
          : t('whatIf.answered')}
      </Pill>
      {failAtFirst > 0 && (
        <Text as="p">{t('whatIf.failAtFirst', { count: failAtFirst })}</Text>
      )}
    </>
  );
}

/** What the answer takes for granted, to be changed. */
function Assumptions(props: Pick<WhatIfPanelProps, 'question' | 'ask'>) {
  const { question, ask } = props;
  const { t } = useText();
  return (
    <div className={styles.assumptions}>
      {question.edits.some(({ kind }) => kind === 'lost') && (
        <div className={styles.field}>
          <span className={styles.label}>{t('whatIf.callers')}</span>
          <ToggleButtonGroup
            className={styles.fates}
            aria-label={t('whatIf.callers')}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[question.callers]}
            onSelectionChange={keys => {
              const [callers] = keys;
              if (callers) ask({ ...question, callers: callers as CallerFate });
            }}
          >
            {CALLER_FATES.map(fate => (
              <ToggleButton key={fate} id={fate} size="small">
                {t(`whatIf.callers.${fate}`)}
              </ToggleButton>
            ))}
          </ToggleButtonGroup>
        </div>
      )}
      <NumberField
        className={styles.bears}
        size="small"
        label={t('whatIf.bears')}
        minValue={1}
        maxValue={100}
        step={0.1}
        value={question.bears}
        onChange={value =>
          ask({
            ...question,
            bears: Number.isNaN(value) ? DEFAULT_BEARS : value,
          })
        }
      />
    </div>
  );
}

function LoadTable(props: { loads: RegionLoad[]; bears: number }) {
  const { loads, bears } = props;
  const { t, locale } = useText();
  const share = (load: RegionLoad, when: 'before' | 'after') => {
    const all = loads.reduce((sum, l) => sum + l.callsPerSecond[when], 0);
    return all > 0 ? (100 * load.callsPerSecond[when]) / all : 0;
  };
  return (
    <ScrollBox label={t('whatIf.table')}>
      <table className={common.table}>
        <caption>{t('whatIf.table')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('topology.region')}</th>
            <th scope="col">{t('whatIf.ready')}</th>
            <th scope="col">{t('whatIf.calls')}</th>
            <th scope="col">{t('whatIf.load')}</th>
          </tr>
        </thead>
        <tbody>
          {loads.map(load => (
            <tr key={load.region}>
              <th scope="row">{load.region}</th>
              <td>
                {load.ready.before} → {load.ready.after}
              </td>
              <td>
                {formatPercent(share(load, 'before'), locale)} % →{' '}
                {formatPercent(share(load, 'after'), locale)} %
              </td>
              <td>
                <Load load={load} bears={bears} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function Load(props: { load: RegionLoad; bears: number }) {
  const { load, bears } = props;
  const { t, locale } = useText();
  if (load.ready.after === 0) {
    return load.callsPerSecond.after > 0 ? (
      <Pill tone="bad" icon={<RiErrorWarningLine aria-hidden />}>
        {t('whatIf.nobodyAnswers')}
      </Pill>
    ) : (
      <>–</>
    );
  }
  const times = new Intl.NumberFormat(locale, {
    maximumFractionDigits: 2,
  }).format(load.factor);
  const tooMuch = load.factor > bears + 0.005;
  return (
    <span className={common.row}>
      <span className={styles.meter} aria-hidden>
        <span
          data-too-much={tooMuch}
          style={{ width: `${Math.min(100, (100 * load.factor) / bears)}%` }}
        />
      </span>
      <span>{t('whatIf.times', { factor: times })}</span>
      {tooMuch && (
        <Pill tone="bad" icon={<RiErrorWarningLine aria-hidden />}>
          {t('whatIf.tooMuch')}
        </Pill>
      )}
    </span>
  );
}
