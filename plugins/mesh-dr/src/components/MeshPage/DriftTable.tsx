import type {
  DriftItem,
  EnvironmentDrift,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useResourceTitle } from '../../hooks/useResourceTitle';
import { useText } from '../../hooks/useText';
import common from '../common/common.module.css';
import { Pill, type Tone } from '../common/Pill';
import styles from './MeshPage.module.css';

const tones: Record<DriftItem['kind'], Tone> = {
  missing: 'bad',
  changed: 'warn',
  surplus: 'info',
};

/** What differs between an environment's spec and the cloud, and what repairs it. */
export function DriftTable(props: { drift: EnvironmentDrift }) {
  const { items } = props.drift;
  const { t } = useText();
  const titleOf = useResourceTitle();
  return (
    <div className={common.tableScroll}>
      <table className={common.table}>
        <thead>
          <tr>
            <th scope="col">{t('environments.resource')}</th>
            <th scope="col">{t('environments.difference')}</th>
            <th scope="col">{t('environments.repair')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ key, title, id, kind, detail, repair }) => (
            <tr key={`${key}/${kind}/${detail}`}>
              <th scope="row">
                <span title={title}>{titleOf(key, title)}</span>
                <div className={styles.small}>{id ?? key}</div>
              </th>
              <td>
                <Pill tone={tones[kind]}>{t(`environments.${kind}`)}</Pill>
                <p className={styles.difference}>{detail}</p>
              </td>
              <td>{t(`environments.repair.${repair}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
