import { useText } from '../../hooks/useText';
import { diffLines } from '../../lib/diff';
import styles from './Controls.module.css';

const SIGNS = { same: ' ', added: '+', removed: '-' };

/** The owned fields before and after, line by line. */
export function DiffView(props: { before: string; after: string }) {
  const { t } = useText();
  const lines = diffLines(props.before, props.after);
  return (
    <pre
      className={styles.diff}
      // It scrolls, so it must be reachable by keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={t('preview.diff')}
    >
      {lines.map((line, index) => (
        <code key={index} className={styles.diffLine} data-kind={line.kind}>
          {`${SIGNS[line.kind]} ${line.text}`}
        </code>
      ))}
      {lines.length === 0 && (
        <code className={styles.diffLine}>{t('preview.noDiff')}</code>
      )}
    </pre>
  );
}
