import { useApi } from '@backstage/frontend-plugin-api';
import {
  environmentProvisionPermission,
  MAX_BANDWIDTH_MBPS,
  type PreflightCheck,
  type Repair,
  type RepairRequest,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button, NumberField } from '@backstage/ui';
import { useState } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { usePermitted } from '../../hooks/usePermitted';
import { useSubmission } from '../../hooks/useSubmission';
import { useText } from '../../hooks/useText';
import common from '../common/common.module.css';
import { ErrorNotice } from '../common/ErrorNotice';
import styles from './JoinDialog.module.css';

export interface CheckRepairProps {
  meshId: string;
  clusterId: string;
  check: PreflightCheck;
  /** The cloud has taken the change. */
  onRepaired: () => void;
}

/** The fix of a check as a button: what it changes and costs is said before it is done. */
export function CheckRepair(props: CheckRepairProps) {
  const { meshId, clusterId, check, onRepaired } = props;
  const { repair } = check;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const allowed = usePermitted(environmentProvisionPermission);
  const [mbps, setMbps] = useState(
    repair?.kind === 'set-bandwidth' ? repair.suggestedMbps : 0,
  );
  const [asking, setAsking] = useState(false);
  const { pending, error, submit } = useSubmission();
  if (!repair) return null;
  if (allowed === false) {
    return <p className={styles.small}>{t('repair.notAllowed')}</p>;
  }
  const apply = () =>
    submit(async () => {
      await api.repair(meshId, clusterId, requestFor(repair, mbps));
      onRepaired();
      setAsking(false);
    });
  const label =
    repair.kind === 'set-bandwidth'
      ? t('repair.setBandwidth', { mbps: String(mbps) })
      : t('repair.admit', { count: repair.rules.length });
  return (
    <div className={common.stack}>
      {repair.kind === 'set-bandwidth' && (
        <div className={styles.bandwidth}>
          <NumberField
            label={t('repair.bandwidth')}
            minValue={1}
            maxValue={MAX_BANDWIDTH_MBPS}
            value={mbps}
            isDisabled={pending}
            onChange={value =>
              setMbps(Number.isNaN(value) ? repair.suggestedMbps : value)
            }
          />
        </div>
      )}
      {asking ? (
        <div role="group" aria-label={label}>
          <Consequence repair={repair} mbps={mbps} />
          <div className={styles.repairActions}>
            <Button variant="primary" isPending={pending} onPress={apply}>
              {t('repair.confirm')}
            </Button>
            <Button
              variant="secondary"
              isDisabled={pending}
              onPress={() => setAsking(false)}
            >
              {t('common.cancel')}
            </Button>
          </div>
        </div>
      ) : (
        <div>
          <Button variant="secondary" onPress={() => setAsking(true)}>
            {label}
          </Button>
        </div>
      )}
      {error && <ErrorNotice title={t('repair.failed')} error={error} />}
    </div>
  );
}

/** What the repair changes and what it costs. */
function Consequence({ repair, mbps }: { repair: Repair; mbps: number }) {
  const { t } = useText();
  if (repair.kind === 'set-bandwidth') {
    const [a, b] = repair.regions;
    return (
      <p>
        {t('repair.bandwidthConsequence', {
          link: repair.attachmentId,
          a,
          b,
          mbps: String(mbps),
        })}
      </p>
    );
  }
  return (
    <>
      <p>{t('repair.admitConsequence')}</p>
      <ul>
        {repair.rules.map(rule => (
          <li key={`${rule.securityGroupId} ${rule.cidr}`}>
            {t('repair.rule', {
              group: rule.securityGroupId,
              cluster: rule.cluster,
              cidr: rule.cidr,
              caller: rule.caller,
            })}
          </li>
        ))}
      </ul>
    </>
  );
}

function requestFor(repair: Repair, bandwidthMbps: number): RepairRequest {
  return repair.kind === 'set-bandwidth'
    ? { check: 'cross-region-bandwidth', bandwidthMbps }
    : { check: 'security-groups' };
}
