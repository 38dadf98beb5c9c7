import type { Message } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useText } from '../../hooks/useText';
import styles from './Controls.module.css';

/** What applying would do, in order, in the reader's language. */
export function StepList(props: { steps: Message[] }) {
  const { t, dynamic } = useText();
  return (
    <ol className={styles.steps} aria-label={t('preview.steps')}>
      {props.steps.map(({ key, values, message }) => (
        <li key={key}>{dynamic(`step.${key}`, values, message)}</li>
      ))}
    </ol>
  );
}
