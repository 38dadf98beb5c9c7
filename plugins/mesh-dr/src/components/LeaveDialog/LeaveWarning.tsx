import type { LeavePreview } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Alert } from '@backstage/ui';
import { useText } from '../../hooks/useText';

/** The services that would be worse off without the cluster, the worst first. */
export function LeaveWarning({ preview }: { preview: LeavePreview }) {
  const { services, total, outdated } = preview;
  const { t } = useText();
  const more = total - services.length;
  return (
    <>
      {outdated.length > 0 && (
        <Alert
          status="warning"
          icon
          title={t('leave.outdated', { clusters: outdated.join(', ') })}
        />
      )}
      {total === 0 ? (
        <Alert status="success" icon title={t('leave.harmless')} />
      ) : (
        <Alert
          role="alert"
          status="danger"
          icon
          title={t('leave.harm', { count: total })}
          description={
            <ul aria-label={t('leave.services')}>
              {services.map(({ namespace, name, remaining }) => (
                <li key={`${namespace}/${name}`}>
                  <strong>
                    {name}.{namespace}
                  </strong>
                  {': '}
                  {remaining.length > 0
                    ? t('leave.onlyRegion', { region: remaining[0] })
                    : t('leave.noRegion')}
                </li>
              ))}
              {more > 0 && <li>{t('leave.more', { count: more })}</li>}
            </ul>
          }
        />
      )}
    </>
  );
}
