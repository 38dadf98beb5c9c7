import type {
  Freshness,
  NetworkMap,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Alert } from '@backstage/ui';
import { useNow } from '../../hooks/useNow';
import { useText } from '../../hooks/useText';
import { formatAgo } from '../../lib/format';
import common from '../common/common.module.css';
import { freshnessReason } from '../common/FreshnessPill';

/** What of the network could not be read just now, why, and what is drawn instead. */
export function NetworkNotes(props: { network: NetworkMap }) {
  const { cen, regions } = props.network;
  const { t } = useText();
  return (
    <>
      <Note
        freshness={cen}
        silent={t('network.cenSilent')}
        hint={t('network.cenSilentHint')}
        stale={ago => t('network.cenStale', { ago })}
        forbidden={t('network.cenForbidden')}
      />
      {regions.map(({ region, freshness }) => (
        <Note
          key={region}
          freshness={freshness}
          silent={t('network.regionSilent', { region })}
          hint={t('network.regionSilentHint')}
          stale={ago => t('network.regionStale', { region, ago })}
          forbidden={t('network.regionForbidden', { region })}
        />
      ))}
    </>
  );
}

interface NoteProps {
  freshness: Freshness;
  /** Titles of the three ways not to be current, and what an unanswered first reading leaves out. */
  silent: string;
  hint: string;
  stale: (ago: string) => string;
  forbidden: string;
}

function Note(props: NoteProps) {
  const { freshness, silent, hint, stale, forbidden } = props;
  const { t, locale } = useText();
  const now = useNow();
  if (freshness.state === 'ok' || freshness.state === 'syncing') return null;
  const ago =
    freshness.state === 'forbidden'
      ? ''
      : formatAgo(freshness.since, now, locale);
  const titles = { stale: stale(ago), unreachable: silent, forbidden };
  return (
    <Alert
      status="warning"
      icon
      title={titles[freshness.state]}
      description={
        <>
          {freshness.state === 'unreachable' && (
            <p>
              {t('network.silentSince', { ago })} {hint}
            </p>
          )}
          <p className={common.pre}>{freshnessReason(freshness)}</p>
        </>
      }
    />
  );
}
