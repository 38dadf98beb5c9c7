import type { EntryRequirement } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useText } from '../../hooks/useText';
import { RequirementLine } from './RequirementLine';

/** Whether clients outside the mesh find another region's gateway. */
export function EntryLine({ entry }: { entry: EntryRequirement }) {
  const { dynamic, t } = useText();
  const { state, key, values, sentence } = entry;
  return (
    <RequirementLine
      name={t('entry.title')}
      state={state}
      label={t(`entry.state.${state}`)}
    >
      {dynamic(`entry.${key}`, values, sentence)}
    </RequirementLine>
  );
}
