import { useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import type {
  CustomFieldValidator,
  FieldExtensionComponentProps,
} from '@backstage/plugin-scaffolder-react';
import type { FailoverRule } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Skeleton } from '@backstage/ui';
import { useCallback, useEffect, useRef } from 'react';
import { meshDrApiRef } from '../../../api/meshDrApiRef';
import { usePolling, type Polled } from '../../../hooks/usePolling';
import { useText } from '../../../hooks/useText';
import { serviceOfComponent } from '../../../lib/componentService';
import { ErrorNotice } from '../../common/ErrorNotice';
import { FailoverEditor } from '../../Controls/FailoverEditor';

/** The field's name in templates: `ui:field: RegionPairField`. */
export const REGION_PAIR_FIELD = 'RegionPairField';

/** Where the form says which mesh is meant. */
export interface RegionPairOptions {
  /** Field that holds the mesh's id or name; default: `mesh`. */
  meshField?: string;
  /** Field that holds the ref of a component of the mesh, asked when there is no mesh; default: `component`. */
  componentField?: string;
}

/** Regions of the clusters of a mesh, or of the mesh of a component. */
function useRegions(mesh?: string, component?: string): Polled<string[]> {
  const api = useApi(meshDrApiRef);
  const catalog = useApi(catalogApiRef);
  const load = useCallback(
    async (signal: AbortSignal) => {
      const { clusters } = mesh
        ? await api.getMesh(mesh, { signal })
        : (await serviceOfComponent({ catalog, api }, component!, signal)).mesh;
      return [...new Set(clusters.map(({ region }) => region))];
    },
    [api, catalog, mesh, component],
  );
  return usePolling(mesh || component ? load : undefined, 0);
}

/** Every region once as the one that fails, the next one taking over. */
function ring(regions: string[]): FailoverRule[] {
  return regions.length < 2
    ? []
    : regions.map((from, i) => ({
        from,
        to: regions[(i + 1) % regions.length],
      }));
}

/** Pairs of regions, who fails and who takes over, chosen among those of the mesh that the form is about. */
export function RegionPairField(
  props: FieldExtensionComponentProps<FailoverRule[], RegionPairOptions>,
) {
  const { formData, onChange, formContext, uiSchema } = props;
  const { meshField = 'mesh', componentField = 'component' } =
    uiSchema?.['ui:options'] ?? {};
  const form = (formContext?.formData ?? {}) as Record<string, string>;
  const regions = useRegions(form[meshField], form[componentField]);
  const { t } = useText();
  // A form makes an empty object of an entry that has to be there.
  const pairs = (formData ?? []).filter(({ from, to }) => from && to);
  const proposed = useRef(pairs.length > 0);
  const known = regions.value;
  useEffect(() => {
    if (!known || proposed.current) return;
    // Once only: a reader who removes every pair meant it.
    proposed.current = true;
    onChange(ring(known));
  }, [known, onChange]);
  if (!form[meshField] && !form[componentField]) {
    return <p>{t('regionPair.noMesh')}</p>;
  }
  if (regions.loading) {
    return (
      <div role="status" aria-label={t('common.loading')}>
        <Skeleton width="100%" height={96} />
      </div>
    );
  }
  return (
    <>
      {regions.error && (
        <ErrorNotice
          title={t('regionPair.failed')}
          error={regions.error}
          onRetry={regions.refresh}
        />
      )}
      {known && known.length < 2 && <p>{t('regionPair.oneRegion')}</p>}
      {(known || pairs.length > 0) && (
        <FailoverEditor
          rules={pairs}
          regions={known ?? []}
          onChange={onChange}
        />
      )}
    </>
  );
}

/** Keeps a form from going on with a region that takes over from itself, or two that take over from one. */
export const validateRegionPairs: CustomFieldValidator<
  FailoverRule[],
  RegionPairOptions
> = (pairs, validation) => {
  const seen = new Set<string>();
  for (const { from, to } of pairs ?? []) {
    if (from && from === to) {
      validation.addError(
        `${from} cannot take over from itself; choose another region. / ${from} 不能接管自己，请选择其他地域。`,
      );
    }
    if (from && seen.has(from)) {
      validation.addError(
        `${from} is in two pairs; remove one. / ${from} 出现在两行中，请删除一行。`,
      );
    }
    seen.add(from);
  }
};
