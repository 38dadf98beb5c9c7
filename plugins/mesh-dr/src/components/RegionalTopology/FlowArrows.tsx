import { useText } from '../../hooks/useText';
import { formatPercent } from '../../lib/format';
import { ribbons, type Flow } from '../../lib/flows';
import styles from './RegionalTopology.module.css';

const HEIGHT = 148;

/** The arrows between callers and regions; width is the predicted share. The same facts are text elsewhere. */
export function FlowArrows(props: {
  flows: Flow[];
  columns: number;
  width: number;
  /** Columns whose pods would not answer. */
  failing?: ReadonlySet<number>;
}) {
  const { columns, width, failing } = props;
  const { locale } = useText();
  const placed = ribbons(props.flows, {
    width,
    height: HEIGHT,
    columns,
    gap: 24,
    padding: 16,
    slotGap: 8,
  });
  // Thin arrows last, so that a thick one does not hide them.
  const ordered = [...placed].sort((a, b) => b.strokeWidth - a.strokeWidth);
  return (
    <svg
      className={styles.band}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      aria-hidden
      data-testid="flow-arrows"
    >
      {ordered.map(ribbon => (
        <g key={ribbon.key} data-testid={`flow-${ribbon.key}`}>
          <path
            className={styles.ribbon}
            data-local={ribbon.local}
            data-failing={failing?.has(ribbon.toColumn)}
            d={ribbon.path}
            strokeWidth={ribbon.strokeWidth}
          />
          <path
            className={styles.head2}
            data-local={ribbon.local}
            data-failing={failing?.has(ribbon.toColumn)}
            d={ribbon.head}
          />
        </g>
      ))}
      {ordered.map(ribbon => {
        const text = `${formatPercent(ribbon.share, locale)} %`;
        const box = text.length * 7 + 12;
        return (
          <g
            key={ribbon.key}
            transform={`translate(${ribbon.label.x} ${ribbon.label.y})`}
          >
            <rect
              className={styles.labelBox}
              x={-box / 2}
              y={-11}
              width={box}
              height={22}
              rx={11}
            />
            <text className={styles.labelText}>{text}</text>
          </g>
        );
      })}
    </svg>
  );
}
