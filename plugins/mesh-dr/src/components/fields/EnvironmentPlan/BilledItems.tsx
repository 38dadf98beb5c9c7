import type { BilledItem } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useText } from '../../../hooks/useText';
import common from '../../common/common.module.css';
import styles from './EnvironmentPlan.module.css';

/** What the cloud charges for while it exists. */
export function BilledItems(props: { items: BilledItem[] }) {
  const { t } = useText();
  return (
    <div className={common.tableScroll}>
      <table className={common.table}>
        <caption>{t('envPlan.billedCaption')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('envPlan.item')}</th>
            <th scope="col">{t('envPlan.quantity')}</th>
            <th scope="col">{t('envPlan.pricing')}</th>
          </tr>
        </thead>
        <tbody>
          {props.items.map(({ id, quantity, pricing, detail }) => (
            <tr key={id}>
              <th scope="row">
                {t(`billed.${id}`)}
                {detail && <div className={styles.small}>{detail}</div>}
              </th>
              <td>{quantity}</td>
              <td>{t(`pricing.${pricing}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
