import { TextAreaField } from '@backstage/ui';
import { useText } from '../../hooks/useText';

/** Asks why; the answer is kept in the history of changes. */
export function ReasonField(props: {
  value: string;
  onChange: (reason: string) => void;
  rows?: number;
  autoFocus?: boolean;
}) {
  const { t } = useText();
  return (
    <TextAreaField
      label={t('apply.reason')}
      description={t('apply.reasonHelp')}
      isRequired
      {...props}
    />
  );
}
