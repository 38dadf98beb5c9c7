import {
  RECOMMENDED_OUTLIER_DETECTION,
  type ConnectionPool,
  type OutlierDetection,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  Alert,
  Button,
  NumberField,
  Switch,
  Text,
  TextField,
} from '@backstage/ui';
import { useText } from '../../hooks/useText';
import {
  GUIDE_CONNECTION_POOL,
  GUIDE_OUTLIER_DETECTION,
  RECOMMENDED_CONNECTION_POOL,
} from '../../lib/draft';
import common from '../common/common.module.css';
import styles from './Controls.module.css';

export interface OutlierEditorProps {
  outlierDetection?: OutlierDetection;
  connectionPool?: ConnectionPool;
  onChange: (change: {
    outlierDetection?: OutlierDetection;
    connectionPool?: ConnectionPool;
  }) => void;
}

type NumberKey =
  | 'consecutive5xxErrors'
  | 'consecutiveGatewayErrors'
  | 'maxEjectionPercent';

/** A copy without fields that are undefined, so that an emptied field is left to Istio's default. */
function pruned<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, v]) => v !== undefined && v !== ''),
  ) as T;
}

/** Outlier detection: what makes proxies notice that pods fail. Without it failover rules do nothing. */
export function OutlierEditor(props: OutlierEditorProps) {
  const { outlierDetection, connectionPool, onChange } = props;
  const { t } = useText();
  const set = (change: OutlierDetection) =>
    onChange({
      outlierDetection: pruned({ ...outlierDetection, ...change }),
      connectionPool,
    });
  const number = (field: NumberKey, max: number) => (
    <NumberField
      label={t(`outlier.${field}`)}
      description={t(`outlier.${field}Help`)}
      minValue={0}
      maxValue={max}
      value={outlierDetection?.[field] ?? NaN}
      onChange={value =>
        set({ [field]: Number.isNaN(value) ? undefined : value })
      }
    />
  );
  const duration = (field: 'interval' | 'baseEjectionTime') => (
    <TextField
      label={t(`outlier.${field}`)}
      description={t(`outlier.${field}Help`)}
      size="small"
      value={outlierDetection?.[field] ?? ''}
      onChange={value => set({ [field]: value })}
    />
  );
  return (
    <div className={styles.box} role="group" aria-label={t('outlier.title')}>
      <div className={styles.boxTitle}>
        <Switch
          label={t('outlier.title')}
          isSelected={outlierDetection !== undefined}
          onChange={selected =>
            onChange({
              outlierDetection: selected
                ? RECOMMENDED_OUTLIER_DETECTION
                : undefined,
              connectionPool,
            })
          }
        />
        <div className={common.row}>
          <Button
            size="small"
            variant="secondary"
            onPress={() =>
              onChange({
                outlierDetection: RECOMMENDED_OUTLIER_DETECTION,
                connectionPool: RECOMMENDED_CONNECTION_POOL,
              })
            }
          >
            {t('outlier.presetRecommended')}
          </Button>
          <Button
            size="small"
            variant="secondary"
            onPress={() =>
              onChange({
                outlierDetection: GUIDE_OUTLIER_DETECTION,
                connectionPool: GUIDE_CONNECTION_POOL,
              })
            }
          >
            {t('outlier.presetGuide')}
          </Button>
        </div>
      </div>
      <Text as="p" variant="body-small" color="secondary">
        {outlierDetection ? t('outlier.explain') : t('outlier.offExplain')}
      </Text>
      {outlierDetection && (
        <>
          {outlierDetection.maxEjectionPercent === undefined && (
            <Alert
              status="warning"
              icon
              title={t('outlier.guideWarningTitle')}
              description={t('outlier.guideWarning')}
              customActions={
                <Button
                  size="small"
                  variant="secondary"
                  onPress={() => set({ maxEjectionPercent: 100 })}
                >
                  {t('outlier.guideFix')}
                </Button>
              }
            />
          )}
          <div className={styles.fields}>
            {number('consecutive5xxErrors', 100)}
            {number('consecutiveGatewayErrors', 100)}
            {duration('interval')}
            {duration('baseEjectionTime')}
            {number('maxEjectionPercent', 100)}
            <TextField
              label={t('outlier.connectTimeout')}
              description={t('outlier.connectTimeoutHelp')}
              size="small"
              value={connectionPool?.connectTimeout ?? ''}
              onChange={value => {
                const pool = pruned({
                  ...connectionPool,
                  connectTimeout: value,
                });
                onChange({
                  outlierDetection,
                  connectionPool: Object.keys(pool).length ? pool : undefined,
                });
              }}
            />
          </div>
        </>
      )}
    </div>
  );
}
