import {
  REGIONS,
  type CloudVpc,
  type NetworkPlan,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { ButtonIcon } from '@backstage/ui';
import { RiAddLine, RiDeleteBinLine } from '@remixicon/react';
import { Fragment } from 'react';
import { useText } from '../../../hooks/useText';
import { addVSwitch, adoptVpc, changeVpc, removeVpc } from './edits';
import styles from './NetworkPlan.module.css';
import { PlanInput } from './PlanInput';

const regionIds = REGIONS.map(({ id }) => id);

/** The VPCs of a plan and their vSwitches as an editable table. */
export function VpcRows(props: {
  plan: NetworkPlan;
  onChange: (plan: NetworkPlan) => void;
  /** VPCs that exist, by region; absent while they are not known. */
  existing: Map<string, CloudVpc[]>;
}) {
  const { plan, onChange, existing } = props;
  const { t } = useText();
  const adopt = (index: number, id: string) => {
    const { region } = plan.vpcs[index];
    const found = existing.get(region)?.find(vpc => vpc.id === id);
    onChange(
      found
        ? adoptVpc(plan, index, found, found.vswitches)
        : changeVpc(plan, index, { vpcId: id || undefined }),
    );
  };
  const changeSwitch = (
    i: number,
    j: number,
    change: Partial<NetworkPlan['vpcs'][number]['vswitches'][number]>,
  ) =>
    onChange(
      changeVpc(plan, i, {
        vswitches: plan.vpcs[i].vswitches.map((item, at) =>
          at === j ? { ...item, ...change } : item,
        ),
      }),
    );
  return (
    <div className={styles.tableScroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('plan.name')}</th>
            <th scope="col">{t('plan.regionOrZone')}</th>
            <th scope="col">{t('plan.cidr')}</th>
            <th scope="col">{t('plan.existing')}</th>
            <th scope="col">
              <span hidden>{t('plan.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {plan.vpcs.map((vpc, i) => (
            <Fragment key={i}>
              <tr>
                <td>
                  <PlanInput
                    path={`vpcs[${i}].name`}
                    label={t('plan.vpcName', { n: String(i + 1) })}
                    value={vpc.name}
                    onChange={name => onChange(changeVpc(plan, i, { name }))}
                  />
                </td>
                <td>
                  <PlanInput
                    path={`vpcs[${i}].region`}
                    label={t('plan.vpcRegion', { name: vpc.name })}
                    value={vpc.region}
                    suggestions={regionIds}
                    onChange={region =>
                      onChange(changeVpc(plan, i, { region }))
                    }
                  />
                </td>
                <td>
                  <PlanInput
                    mono
                    path={`vpcs[${i}].cidr`}
                    label={t('plan.vpcCidr', { name: vpc.name })}
                    value={vpc.cidr}
                    disabled={!!vpc.vpcId}
                    onChange={cidr => onChange(changeVpc(plan, i, { cidr }))}
                  />
                </td>
                <td>
                  <PlanInput
                    mono
                    path={`vpcs[${i}].vpcId`}
                    label={t('plan.vpcExisting', { name: vpc.name })}
                    value={vpc.vpcId ?? ''}
                    placeholder={t('plan.new')}
                    suggestions={(existing.get(vpc.region) ?? []).map(
                      item => item.id,
                    )}
                    onChange={id => adopt(i, id)}
                  />
                </td>
                <td className={styles.actions}>
                  <ButtonIcon
                    size="small"
                    variant="secondary"
                    icon={<RiAddLine />}
                    aria-label={t('plan.addVSwitch', { name: vpc.name })}
                    onPress={() => onChange(addVSwitch(plan, i))}
                  />
                  <ButtonIcon
                    size="small"
                    variant="secondary"
                    icon={<RiDeleteBinLine />}
                    aria-label={t('plan.remove', { name: vpc.name })}
                    onPress={() => onChange(removeVpc(plan, i))}
                  />
                </td>
              </tr>
              {vpc.vswitches.map((vswitch, j) => (
                <tr key={j} className={styles.part}>
                  <td>
                    <PlanInput
                      path={`vpcs[${i}].vswitches[${j}].name`}
                      label={t('plan.vswitchName', {
                        vpc: vpc.name,
                        n: String(j + 1),
                      })}
                      value={vswitch.name}
                      onChange={name => changeSwitch(i, j, { name })}
                    />
                  </td>
                  <td>
                    <PlanInput
                      path={`vpcs[${i}].vswitches[${j}].zone`}
                      label={t('plan.vswitchZone', { name: vswitch.name })}
                      value={vswitch.zone ?? ''}
                      placeholder={t('plan.zoneChosen')}
                      disabled={!!vswitch.vSwitchId}
                      suggestions={
                        REGIONS.find(({ id }) => id === vpc.region)?.zones
                      }
                      onChange={zone =>
                        changeSwitch(i, j, { zone: zone || undefined })
                      }
                    />
                  </td>
                  <td>
                    <PlanInput
                      mono
                      path={`vpcs[${i}].vswitches[${j}].cidr`}
                      label={t('plan.vswitchCidr', { name: vswitch.name })}
                      value={vswitch.cidr}
                      disabled={!!vswitch.vSwitchId}
                      onChange={cidr => changeSwitch(i, j, { cidr })}
                    />
                  </td>
                  <td className={styles.mono}>{vswitch.vSwitchId}</td>
                  <td className={styles.actions}>
                    {vpc.vswitches.length > 1 && (
                      <ButtonIcon
                        size="small"
                        variant="secondary"
                        icon={<RiDeleteBinLine />}
                        aria-label={t('plan.remove', { name: vswitch.name })}
                        onPress={() =>
                          onChange(
                            changeVpc(plan, i, {
                              vswitches: vpc.vswitches.filter(
                                (_, at) => at !== j,
                              ),
                            }),
                          )
                        }
                      />
                    )}
                  </td>
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}
