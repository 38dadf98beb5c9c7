import type { Freshness } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  RiLoader4Line,
  RiLockLine,
  RiPulseLine,
  RiTimeLine,
  RiWifiOffLine,
} from '@remixicon/react';
import { useNow } from '../../hooks/useNow';
import { useText } from '../../hooks/useText';
import { formatAgo, formatDateTime } from '../../lib/format';
import { Pill } from './Pill';

/** True when nothing can be asked of the place at present. */
export function isDark(freshness: Freshness): boolean {
  return freshness.state === 'unreachable' || freshness.state === 'forbidden';
}

/** Why facts are not current; absent when they are. */
export function freshnessReason(freshness: Freshness): string | undefined {
  return 'reason' in freshness ? freshness.reason : undefined;
}

/** How current the facts about a place are, with their age. */
export function FreshnessPill(props: { freshness: Freshness }) {
  const { freshness } = props;
  const { t, locale } = useText();
  const now = useNow();
  switch (freshness.state) {
    case 'ok':
      return (
        <Pill
          tone="good"
          icon={<RiPulseLine aria-hidden />}
          title={formatDateTime(freshness.observedAt, locale)}
        >
          {t('freshness.ok', {
            ago: formatAgo(freshness.observedAt, now, locale),
          })}
        </Pill>
      );
    case 'syncing':
      return (
        <Pill tone="info" icon={<RiLoader4Line aria-hidden />}>
          {t('freshness.syncing')}
        </Pill>
      );
    case 'stale':
      return (
        <Pill
          tone="warn"
          icon={<RiTimeLine aria-hidden />}
          title={freshness.reason}
        >
          {t('freshness.stale', {
            ago: formatAgo(freshness.since, now, locale),
          })}
        </Pill>
      );
    case 'unreachable':
      return (
        <Pill
          tone="bad"
          icon={<RiWifiOffLine aria-hidden />}
          title={freshness.reason}
        >
          {t('freshness.unreachable', {
            ago: formatAgo(freshness.since, now, locale),
          })}
        </Pill>
      );
    default:
      return (
        <Pill
          tone="bad"
          icon={<RiLockLine aria-hidden />}
          title={freshness.reason}
        >
          {t('freshness.forbidden')}
        </Pill>
      );
  }
}
