import type {
  EffectiveRule,
  OutlierDetection,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useText, type Text } from '../../hooks/useText';
import { intentFromRule } from '../../lib/draft';
import common from '../common/common.module.css';
import styles from './RegionalTopology.module.css';

/** `reviews: cn-hangzhou → cn-shanghai` and the like, one line a rule. */
function ruleLines(rule: EffectiveRule, t: Text['t']): string[] {
  const intent = intentFromRule(rule);
  switch (intent.mode) {
    case 'failover':
      return intent.failover.map(({ from, to }) => `${from} → ${to}`);
    case 'distribution':
      return intent.distribute.map(
        ({ from, to }) =>
          `${from} → ${Object.entries(to)
            .map(([region, percent]) => `${region} ${percent} %`)
            .join(', ')}`,
      );
    case 'evacuation':
      return [`* → ${intent.to}`];
    default:
      return [
        rule.locality.setting.enabled === false
          ? t('rule.offDetail')
          : t('rule.noneDetail'),
      ];
  }
}

/** `consecutive5xxErrors: 3, interval: 1s`, in Istio's own field names. */
export function outlierText(settings: OutlierDetection): string {
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${field}: ${value}`)
    .join(', ');
}

/** The rule that the callers' proxies obey now, and which object each half comes from. */
export function RuleInForce(props: { rule: EffectiveRule }) {
  const { rule } = props;
  const { t } = useText();
  const { mode } = intentFromRule(rule);
  const source = {
    'destination-rule': rule.locality.object ?? t('rule.source.service'),
    service: rule.locality.object ?? t('rule.source.service'),
    mesh: rule.locality.object
      ? `${t('rule.source.mesh')} (${rule.locality.object})`
      : t('rule.source.mesh'),
    default: t('rule.source.default'),
  }[rule.locality.source];
  return (
    <dl className={styles.rule} aria-label={t('rule.title')}>
      <dt>{t('rule.title')}</dt>
      <dd>
        <strong>{t(`mode.${mode}`)}</strong>
        {ruleLines(rule, t).map(line => (
          <div key={line}>{line}</div>
        ))}
        <div className={styles.source}>{t('rule.from', { source })}</div>
      </dd>
      <dt>{t('rule.outlierDetection')}</dt>
      <dd>
        {rule.outlierDetection ? (
          <>
            <span className={common.mono}>
              {outlierText(rule.outlierDetection.settings) ||
                t('rule.outlierEmpty')}
            </span>
            <div className={styles.source}>
              {t('rule.from', { source: rule.outlierDetection.object })}
            </div>
          </>
        ) : (
          t('rule.outlierNone')
        )}
      </dd>
      {rule.shadowed.length > 0 && (
        <>
          <dt>{t('rule.shadowed')}</dt>
          <dd>
            {rule.shadowed.map(({ object, reason }) => (
              <div key={object}>
                {object}: {reason}
              </div>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}
