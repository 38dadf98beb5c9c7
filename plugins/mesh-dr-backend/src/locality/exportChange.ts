import type { ChangeExport } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { localityParameters } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { stringify } from 'yaml';
import type { StoredChange } from '../database/ChangeStore';
import { settingOf } from './MeshRule';
import { FIELD_MANAGER, policyOf } from './policyUnits';
import type { MeshPlan, MeshRuleState, ServicePlan } from './types';

/**
 * What a change does, as files for a repository and as command lines that work without the portal: a DestinationRule for
 * kubectl, or the calls of ASM's API. It carries the fields the portal owns and no others.
 */
export function exportChange(change: StoredChange): ChangeExport {
  const { plan, target } = change;
  const folder = `mesh-dr/${target.meshId}`;
  const head = [
    `Change ${change.id} by ${change.requestedBy}, ${change.requestedAt}`,
    ...change.reason.split('\n'),
  ];
  return {
    changeId: change.id,
    ...(plan.kind === 'mesh'
      ? meshExport(plan, target.meshId, folder)
      : serviceExport(plan, folder, head)),
  };
}

type Exported = Omit<ChangeExport, 'changeId'>;

/** One service's rule as a file and the command that applies it. */
export function serviceExport(
  {
    object,
    desired,
    remove,
  }: Pick<ServicePlan, 'object' | 'desired' | 'remove'>,
  folder: string,
  head: string[],
): Exported {
  const { namespace, name, host } = object;
  const path = `${folder}/${namespace}/${name}.yaml`;
  const kubectl = 'kubectl --kubeconfig "$ASM_KUBECONFIG"';
  if (remove) {
    return {
      files: [],
      removed: [path],
      commands: [
        `${kubectl} delete destinationrule ${name} --namespace ${namespace}`,
      ],
    };
  }
  const manifest = stringify({
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'DestinationRule',
    metadata: { name, namespace },
    spec: {
      host,
      ...(Object.keys(desired).length > 0 && {
        trafficPolicy: policyOf(desired),
      }),
    },
  });
  const comment = head.map(line => `# ${line}\n`).join('');
  return {
    files: [{ path, content: `${comment}${manifest}` }],
    removed: [],
    commands: [
      `${kubectl} apply --server-side --field-manager ${FIELD_MANAGER} --force-conflicts --filename ${path}`,
    ],
  };
}

/** The mesh-wide rule as parameters of ASM's calls and the command lines that make them. */
export function meshExport(
  { after, offFirst }: Pick<MeshPlan, 'after' | 'offFirst'>,
  meshId: string,
  folder: string,
): Exported {
  const steps: MeshRuleState[] =
    offFirst && after.enabled ? [{ enabled: false }, after] : [after];
  const calls = steps.map(rule => localityParameters(meshId, settingOf(rule)));
  return {
    files: [
      {
        path: `${folder}/mesh-wide-locality.json`,
        content: `${JSON.stringify(
          { action: 'UpdateMeshFeature', version: '2020-01-11', calls },
          null,
          2,
        )}\n`,
      },
    ],
    removed: [],
    // ASM takes the next call only when the mesh reads `running` again.
    commands: calls.flatMap((parameters, index) => [
      ...(index > 0
        ? [
            `until aliyun servicemesh DescribeServiceMeshDetail --ServiceMeshId ${meshId} | grep -q '"State": *"running"'; do sleep 5; done`,
          ]
        : []),
      `aliyun servicemesh UpdateMeshFeature ${Object.entries(parameters)
        .map(([key, value]) => `--${key} ${quoted(String(value))}`)
        .join(' ')}`,
    ]),
  };
}

/** One word for a POSIX shell. */
function quoted(value: string): string {
  return /^[\w.-]+$/.test(value) ? value : `'${value.replace(/'/g, `'\\''`)}'`;
}
