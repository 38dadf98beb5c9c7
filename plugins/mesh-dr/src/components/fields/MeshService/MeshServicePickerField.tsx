import { useApi } from '@backstage/frontend-plugin-api';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import {
  ANNOTATION_HOST,
  ANNOTATION_MESH,
  parseHost,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Select, Skeleton } from '@backstage/ui';
import { useCallback } from 'react';
import { meshDrApiRef } from '../../../api/meshDrApiRef';
import { usePolling, type Polled } from '../../../hooks/usePolling';
import { useText } from '../../../hooks/useText';
import {
  servicesAtRisk,
  LEVELS,
  type ServiceAtRisk,
} from '../../../lib/services';
import { EmptyState } from '../../common/EmptyState';
import { ErrorNotice } from '../../common/ErrorNotice';

/** The field's name in templates: `ui:field: MeshServicePickerField`. */
export const MESH_SERVICE_PICKER_FIELD = 'MeshServicePickerField';

/** A component that can be chosen, with what the meshes know of its service. */
interface Choice {
  ref: string;
  title: string;
  host: string;
  /** Absent when no mesh that answered has such a service. */
  found?: ServiceAtRisk;
}

interface Choices {
  choices: Choice[];
  /** Whether every mesh answered: only then is a service that was not found known not to be there. */
  complete: boolean;
}

function choiceOf(entity: Entity, services: ServiceAtRisk[]): Choice[] {
  const annotations = entity.metadata.annotations ?? {};
  const host = parseHost(annotations[ANNOTATION_HOST]);
  if (!host) return [];
  const meant = annotations[ANNOTATION_MESH];
  return [
    {
      ref: stringifyEntityRef(entity),
      title: entity.metadata.title ?? entity.metadata.name,
      host: `${host.name}.${host.namespace}`,
      found: services.find(
        ({ mesh, service }) =>
          service.name === host.name &&
          service.namespace === host.namespace &&
          (!meant || meant === mesh.id || meant === mesh.name),
      ),
    },
  ];
}

/** Components that name their mesh service, the least protected first. */
function useChoices(): Polled<Choices> {
  const catalog = useApi(catalogApiRef);
  const api = useApi(meshDrApiRef);
  const load = useCallback(
    async (signal: AbortSignal) => {
      const [{ items }, { atRisk: services, failed }] = await Promise.all([
        catalog.getEntities({ filter: { kind: 'Component' } }),
        servicesAtRisk(api, { levels: LEVELS, excludeNamespaces: [] }, signal),
      ]);
      const rank = ({ found }: Choice) =>
        found ? services.indexOf(found) : services.length;
      return {
        choices: items
          .flatMap(entity => choiceOf(entity, services))
          .sort((a, b) => rank(a) - rank(b)),
        complete: failed.length === 0,
      };
    },
    [catalog, api],
  );
  return usePolling(load, 0);
}

/** Chooses a service of a mesh by the component that stands for it; the value is the component's ref. */
export function MeshServicePickerField(
  props: FieldExtensionComponentProps<string>,
) {
  const { formData, onChange, schema, required, rawErrors } = props;
  const { t } = useText();
  const { value, error, refresh } = useChoices();
  if (error) {
    return (
      <ErrorNotice
        title={t('servicePicker.failed')}
        error={error}
        onRetry={refresh}
      />
    );
  }
  if (!value) {
    return (
      <div role="status" aria-label={t('common.loading')}>
        <Skeleton width="100%" height={56} />
      </div>
    );
  }
  const { choices, complete } = value;
  if (choices.length === 0) {
    return (
      <EmptyState
        title={t('servicePicker.noneTitle')}
        description={t('servicePicker.none')}
        code={`metadata:\n  annotations:\n    ${ANNOTATION_HOST}: reviews.default`}
      />
    );
  }
  const options = choices.map(({ ref, title, host, found }) => ({
    id: ref,
    label: title,
    description: [
      host,
      found?.mesh.name,
      !found && complete && t('servicePicker.notInMesh'),
      found && t(`level.${found.service.protection}`),
    ]
      .filter(Boolean)
      .join(' · '),
  }));
  // A value that came with a link stays, whatever it is.
  const other = formData && !choices.some(({ ref }) => ref === formData);
  return (
    <Select
      label={schema?.title ?? t('servicePicker.label')}
      description={schema?.description}
      options={
        other ? [...options, { id: formData, label: formData }] : options
      }
      search={{ placeholder: t('services.search') }}
      isRequired={required}
      isInvalid={Boolean(rawErrors?.length) && !formData}
      selectedKey={formData ?? null}
      onSelectionChange={key => onChange(String(key))}
    />
  );
}
