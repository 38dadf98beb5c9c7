import { Select } from '@backstage/ui';
import { useText } from '../../hooks/useText';

/** After how long a rule returns by itself, minutes. */
export const RETURN_TIMES = [30, 60, 240, 1440, 10080] as const;
export type ReturnTime = (typeof RETURN_TIMES)[number];

const UNITS: [unit: string, minutes: number][] = [
  ['day', 1440],
  ['hour', 60],
  ['minute', 1],
];

const STAYS = 'stays';

/** That long from now, as the API wants it. */
export function momentAfter(minutes: ReturnTime): string {
  return new Date(Date.now() + minutes * 60_000).toISOString();
}

/** Whether and when the rule returns by itself to what it is now. */
export function ReturnAfter(props: {
  value?: ReturnTime;
  onChange: (value: ReturnTime | undefined) => void;
}) {
  const { value, onChange } = props;
  const { t, locale } = useText();
  const inWords = (minutes: number) => {
    const [unit, size] = UNITS.find(([, length]) => minutes % length === 0)!;
    return new Intl.NumberFormat(locale, {
      style: 'unit',
      unit,
      unitDisplay: 'long',
    }).format(minutes / size);
  };
  return (
    <Select
      label={t('return.label')}
      description={t('return.help')}
      options={[
        { value: STAYS, label: t('return.stays') },
        ...RETURN_TIMES.map(minutes => ({
          value: String(minutes),
          label: t('return.after', { time: inWords(minutes) }),
        })),
      ]}
      selectedKey={value === undefined ? STAYS : String(value)}
      onSelectionChange={key =>
        onChange(RETURN_TIMES.find(minutes => String(minutes) === key))
      }
    />
  );
}
