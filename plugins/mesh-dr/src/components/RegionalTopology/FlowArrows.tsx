import { useMemo } from 'react';
import { useText } from '../../hooks/useText';
import { useWidth } from '../../hooks/useWidth';
import { formatPercent } from '../../lib/format';
import { flows, ribbons, type RegionColumn } from '../../lib/flows';
import styles from './RegionalTopology.module.css';

const HEIGHT = 148;
/** Least width of a column, CSS pixels; the style sheet says the same. */
const LEAST_COLUMN = 290;
/** Width of a canvas with few columns until it is measured, CSS pixels. */
const USUAL_WIDTH = 960;

/** The arrows between callers and regions; width is the predicted share. The same facts are text elsewhere. */
export function FlowArrows(props: {
  columns: RegionColumn[];
  /** Columns whose pods would not answer. */
  failing?: ReadonlySet<number>;
}) {
  const { columns, failing } = props;
  const { locale } = useText();
  // Measured here, so that the columns need not be drawn again once the width is known.
  const { ref, width } = useWidth<HTMLDivElement>(
    Math.max(USUAL_WIDTH, columns.length * LEAST_COLUMN),
  );
  const ordered = useMemo(
    () =>
      ribbons(flows(columns), {
        width,
        height: HEIGHT,
        columns: columns.length,
        gap: 24,
        padding: 16,
        slotGap: 8,
      })
        // Thin arrows last, so that a thick one does not hide them.
        .sort((a, b) => b.strokeWidth - a.strokeWidth),
    [columns, width],
  );
  return (
    <div ref={ref} className={styles.band}>
      <svg
        className={styles.arrows}
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
    </div>
  );
}
