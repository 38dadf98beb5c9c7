import type {
  LocalityIntent,
  ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Box, Button } from '@backstage/ui';
import { RiMagicLine } from '@remixicon/react';
import type { ServiceCheck } from '../../additions/types';
import { useText } from '../../hooks/useText';
import { useVerdictSentence } from '../../hooks/useVerdictSentence';
import { LEVEL_LOOK, LevelPill } from '../common/LevelPill';
import { CheckLine } from './CheckLine';
import { EntryLine } from './EntryLine';
import styles from './ServiceTab.module.css';

export interface VerdictBannerProps {
  topology: ServiceTopology;
  /** Requirements of the organisation's own. */
  checks?: ServiceCheck[];
  /** Takes a fix over into the controls; nothing is written yet. */
  onFix: (intent: LocalityIntent) => void;
}

/** Am I ready, and if not, why: one computed sentence, with the fix as a button. */
export function VerdictBanner(props: VerdictBannerProps) {
  const { topology, checks = [], onFix } = props;
  const { verdict, entry, findings } = topology;
  const { dynamic, t } = useText();
  const sentenceOf = useVerdictSentence();
  const fixable = ['refuse', 'warn'].flatMap(severity =>
    findings.filter(f => f.severity === severity && f.fix),
  )[0];
  const { tone, icon } = LEVEL_LOOK[verdict.level];
  return (
    <Box
      as="section"
      bg="neutral"
      className={styles.banner}
      data-tone={tone}
      aria-label={t('verdict.title')}
    >
      <span className={styles.bannerIcon}>{icon}</span>
      <div className={styles.bannerText}>
        {/* The other sentences begin with the level. */}
        {verdict.level === 'protected' && <LevelPill level={verdict.level} />}
        <p className={styles.sentence}>{sentenceOf(verdict)}</p>
        <EntryLine entry={entry} />
        {checks.map(check => (
          <CheckLine key={check.id} check={check} topology={topology} />
        ))}
      </div>
      {verdict.level !== 'protected' && fixable?.fix && (
        <Button
          variant="primary"
          iconStart={<RiMagicLine />}
          onPress={() => fixable.fix && onFix(fixable.fix.intent)}
        >
          {dynamic(`lintFix.${fixable.id}`, fixable.values, fixable.fix.label)}
        </Button>
      )}
    </Box>
  );
}
