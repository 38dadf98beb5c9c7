import type {
  NetworkFinding,
  NetworkPlan,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useText } from '../../../hooks/useText';
import styles from './NetworkPlan.module.css';

/** Paths of the fields that something is wrong with, or that are worth a second look. */
export function marksOf(
  findings: NetworkFinding[],
): Map<string, NetworkFinding['severity']> {
  const marks = new Map<string, NetworkFinding['severity']>();
  for (const { path, otherPath, severity } of findings) {
    for (const field of [path, otherPath]) {
      if (field && marks.get(field) !== 'error') marks.set(field, severity);
    }
  }
  return marks;
}

function Range(props: {
  label: string;
  cidr: string;
  mark?: NetworkFinding['severity'];
}) {
  const { label, cidr, mark } = props;
  const { t } = useText();
  return (
    <div className={styles.range} data-mark={mark}>
      <span className={styles.rangeLabel}>{label}</span>
      <code>{cidr || t('plan.noRange')}</code>
      {mark === 'error' && <span aria-hidden>✕</span>}
      {mark === 'warning' && <span aria-hidden>!</span>}
    </div>
  );
}

/** The plan as a picture: a column per region, VPCs with what lies in them; clashing ranges marked. */
export function PlanDrawing(props: {
  plan: NetworkPlan;
  findings: NetworkFinding[];
}) {
  const { plan, findings } = props;
  const { t } = useText();
  const marks = marksOf(findings);
  const regions = [...new Set(plan.vpcs.map(vpc => vpc.region))];
  return (
    <div className={styles.drawing} role="img" aria-label={t('plan.drawing')}>
      {regions.map(region => (
        <div key={region} className={styles.region}>
          <div className={styles.regionName}>{region || '—'}</div>
          {plan.vpcs.map((vpc, i) =>
            vpc.region !== region ? null : (
              <div
                key={vpc.name}
                className={styles.vpcBox}
                data-mark={marks.get(`vpcs[${i}].cidr`)}
              >
                <Range
                  label={`VPC ${vpc.name}`}
                  cidr={vpc.cidr}
                  mark={marks.get(`vpcs[${i}].cidr`)}
                />
                {vpc.vswitches.map((vswitch, j) => (
                  <Range
                    key={vswitch.name}
                    label={vswitch.name}
                    cidr={vswitch.cidr}
                    mark={marks.get(`vpcs[${i}].vswitches[${j}].cidr`)}
                  />
                ))}
                {plan.clusters.map((cluster, k) =>
                  cluster.vpc !== vpc.name ? null : (
                    <div key={cluster.name} className={styles.clusterBox}>
                      <div className={styles.rangeLabel}>
                        ACK {cluster.name}
                      </div>
                      {cluster.networkPlugin === 'flannel' && (
                        <Range
                          label="Pods"
                          cidr={cluster.podCidr ?? ''}
                          mark={marks.get(`clusters[${k}].podCidr`)}
                        />
                      )}
                      <Range
                        label="Services"
                        cidr={cluster.serviceCidr}
                        mark={marks.get(`clusters[${k}].serviceCidr`)}
                      />
                    </div>
                  ),
                )}
                {plan.mesh.vpc === vpc.name && (
                  <div className={styles.clusterBox}>
                    <div className={styles.rangeLabel}>
                      ASM {plan.mesh.name}
                    </div>
                  </div>
                )}
              </div>
            ),
          )}
        </div>
      ))}
    </div>
  );
}
