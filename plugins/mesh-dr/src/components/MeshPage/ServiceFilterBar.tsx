import type { ServiceSummary } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  SearchField,
  Select,
  ToggleButton,
  ToggleButtonGroup,
} from '@backstage/ui';
import { useMemo } from 'react';
import { useText } from '../../hooks/useText';
import { filterServices, type ServiceFilters } from '../../lib/serviceFilters';
import { LEVELS, type Level } from '../../lib/services';
import common from '../common/common.module.css';
import { LEVEL_LOOK } from '../common/LevelPill';
import styles from './MeshPage.module.css';

/** Key of the choice that no namespace is meant; Kubernetes allows no such name. */
const ANY = '*';

/** Search, verdicts with their numbers, and namespace. */
export function ServiceFilterBar(props: {
  services: ServiceSummary[];
  filters: ServiceFilters;
  onChange: (changed: Partial<ServiceFilters>) => void;
}) {
  const { services, filters, onChange } = props;
  const { t } = useText();
  const namespaces = useMemo(
    () => [...new Set(services.map(({ namespace }) => namespace))].sort(),
    [services],
  );
  const numbers = useMemo(() => {
    const found = new Map<Level, number>();
    for (const { protection } of filterServices(services, {
      ...filters,
      levels: [],
    })) {
      found.set(protection, (found.get(protection) ?? 0) + 1);
    }
    return found;
  }, [services, filters]);
  return (
    <div className={styles.filters}>
      <div className={styles.search}>
        <SearchField
          aria-label={t('services.search')}
          placeholder={t('services.search')}
          value={filters.search}
          onChange={search => onChange({ search })}
        />
      </div>
      <ToggleButtonGroup
        className={common.segmented}
        aria-label={t('services.protection')}
        selectionMode="multiple"
        selectedKeys={filters.levels}
        onSelectionChange={keys =>
          onChange({ levels: LEVELS.filter(level => keys.has(level)) })
        }
      >
        {LEVELS.map(level => (
          <ToggleButton
            key={level}
            id={level}
            iconStart={LEVEL_LOOK[level].icon}
          >
            {`${t(`level.${level}`)} ${numbers.get(level) ?? 0}`}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {(namespaces.length > 1 || filters.namespace) && (
        <div className={styles.namespace}>
          <Select
            aria-label={t('services.namespace')}
            options={[
              { value: ANY, label: t('services.anyNamespace') },
              ...[...new Set([...namespaces, filters.namespace])]
                .filter(name => name !== '')
                .map(name => ({ value: name, label: name })),
            ]}
            selectedKey={filters.namespace || ANY}
            onSelectionChange={key =>
              onChange({ namespace: key === ANY ? '' : String(key) })
            }
          />
        </div>
      )}
    </div>
  );
}
