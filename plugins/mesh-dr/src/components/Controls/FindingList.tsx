import type {
  LintFinding,
  LocalityIntent,
  OfferedPatch,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button } from '@backstage/ui';
import {
  RiCloseCircleLine,
  RiErrorWarningLine,
  RiInformationLine,
  RiMagicLine,
} from '@remixicon/react';
import { useText } from '../../hooks/useText';
import { CopyButton } from '../common/CopyButton';
import common from '../common/common.module.css';
import styles from './Controls.module.css';

const ICONS = {
  refuse: RiCloseCircleLine,
  warn: RiErrorWarningLine,
  inform: RiInformationLine,
};

const RANK = { refuse: 0, warn: 1, inform: 2 };

/** What the linter found, worst first, each with its evidence and, where there is one, a fix to press. */
export function FindingList(props: {
  findings: LintFinding[];
  onFix?: (intent: LocalityIntent) => void;
}) {
  const { findings, onFix } = props;
  const { t, dynamic } = useText();
  if (findings.length === 0) {
    return null;
  }
  const sorted = [...findings].sort(
    (a, b) => RANK[a.severity] - RANK[b.severity],
  );
  return (
    <ul className={styles.findings} aria-label={t('findings.title')}>
      {sorted.map((finding, index) => {
        const Icon = ICONS[finding.severity];
        return (
          <li
            key={`${finding.id}/${index}`}
            className={styles.finding}
            data-severity={finding.severity}
          >
            <Icon aria-hidden />
            <div className={styles.findingBody}>
              <p>
                <strong>{t(`severity.${finding.severity}`)}</strong>{' '}
                {dynamic(`lint.${finding.id}`, finding.values, finding.message)}
              </p>
              {finding.guardrail && finding.severity === 'refuse' && (
                <p>{t(`remedy.${finding.guardrail}`)}</p>
              )}
              {finding.evidence && (
                <p className={styles.evidence}>
                  {dynamic(
                    `evidence.${finding.id}`,
                    finding.values,
                    finding.evidence,
                  )}
                </p>
              )}
              {finding.patch && <Patch patch={finding.patch} />}
              {finding.fix && onFix && (
                <Button
                  size="small"
                  variant="secondary"
                  iconStart={<RiMagicLine />}
                  onPress={() => finding.fix && onFix(finding.fix.intent)}
                >
                  {dynamic(
                    `lintFix.${finding.id}`,
                    finding.values,
                    finding.fix.label,
                  )}
                </Button>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** What the owner of another object may run; folded, because few readers are that owner. */
function Patch({ patch }: { patch: OfferedPatch }) {
  const { t } = useText();
  return (
    <details>
      <summary>{t('findings.patch', { object: patch.object })}</summary>
      <p>{t('findings.patchExplain')}</p>
      <pre className={`${common.pre} ${common.code}`}>{patch.command}</pre>
      <CopyButton text={patch.command} />
    </details>
  );
}
