import {
  RECOMMENDED_OUTLIER_DETECTION,
  type ConnectionPool,
  type EffectiveRule,
  type OutlierDetection,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { RECOMMENDED_CONNECTION_POOL } from './draft';

/** Outlier detection and connection settings an act keeps, or the recommended ones where nobody set any. */
export function settingsFor(rule: EffectiveRule): {
  outlierDetection: OutlierDetection;
  connectionPool: ConnectionPool;
} {
  return {
    outlierDetection:
      rule.outlierDetection?.settings ?? RECOMMENDED_OUTLIER_DETECTION,
    connectionPool:
      rule.connectionPool?.settings ?? RECOMMENDED_CONNECTION_POOL,
  };
}

/** Reads `10, 25 50%` as percentages; what is no number stays NaN, for the schema to complain about. */
export function parseSteps(text: string): number[] {
  return text
    .split(/[\s,;，、%]+/)
    .filter(part => part !== '')
    .map(Number);
}
