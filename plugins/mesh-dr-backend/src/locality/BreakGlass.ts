import { ConflictError } from '@backstage/errors';
import {
  intentOf,
  RECOMMENDED_OUTLIER_DETECTION,
  type BreakGlassAct,
  type BreakGlassBundle,
  type BreakGlassMeshRule,
  type LocalityIntent,
  type ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { TopologyService } from '../topology/TopologyService';
import { hashOf } from './canonical';
import type { SignBundle } from './bundleSignature';
import type { ChangePlanner } from './ChangePlanner';
import { meshExport, serviceExport } from './exportChange';
import type { PolicyUnits, ServicePlan } from './types';

interface ServiceName {
  meshId: string;
  namespace: string;
  name: string;
}

/** Makes bundles with which a service's regions can be evacuated without the portal. */
export class BreakGlass {
  constructor(
    private readonly topology: TopologyService,
    private readonly planner: ChangePlanner,
    private readonly now: () => number,
    private readonly sign?: SignBundle,
  ) {}

  /** Throws ConflictError when the service stands in one region only: there is nowhere to go. */
  async bundle(service: ServiceName): Promise<BreakGlassBundle> {
    const seen = await this.topology.get(service);
    const { namespace, name } = service;
    const target = { meshId: seen.mesh.id, namespace, name };
    const regions = seen.regions.filter(({ total }) => total > 0);
    if (regions.length < 2) {
      throw new ConflictError(
        `${namespace}/${name} has pods in ${
          regions.map(({ region }) => region).join(', ') || 'no region'
        } only, so no region can take over for another; deploy it to a second one first`,
      );
    }
    const acts: BreakGlassAct[] = [];
    for (const { region } of regions) {
      const [refuge] = regions
        .filter(other => other.region !== region)
        .sort((a, b) => b.ready - a.ready);
      acts.push(await this.act(target, seen, region, refuge));
    }
    const meshWide = meshRuleOf(seen);
    const content = {
      service: target,
      createdAt: new Date(this.now()).toISOString(),
      instructions: instructionsFor(seen, acts, meshWide),
      acts,
      ...(meshWide && { meshWide }),
    };
    const digest = hashOf(content);
    const signature = this.sign?.(digest);
    return { ...content, digest, ...(signature && { signature }) };
  }

  private async act(
    target: ServiceName,
    seen: ServiceTopology,
    leave: string,
    refuge: { region: string; ready: number },
  ): Promise<BreakGlassAct> {
    const { outlierDetection, connectionPool } = seen.rule;
    const intent: LocalityIntent = {
      mode: 'evacuation',
      from: leave,
      to: refuge.region,
      outlierDetection:
        outlierDetection?.settings ?? RECOMMENDED_OUTLIER_DETECTION,
      ...(connectionPool && { connectionPool: connectionPool.settings }),
    };
    const { plan } = await this.planner.forward(
      { scope: 'service', ...target },
      intent,
    );
    if (plan.kind !== 'service')
      throw new TypeError('a service has its own plan');
    const folder = `break-glass/leave-${leave}`;
    const there = serviceExport(plan, folder, [
      `Everybody to ${refuge.region}; ${leave} stays the last resort`,
    ]);
    const back = serviceExport(wayBack(plan), `${folder}/back`, [
      'As it was when the bundle was made',
    ]);
    return {
      leave,
      to: refuge.region,
      ready: refuge.ready,
      files: [...there.files, ...back.files],
      commands: there.commands,
      back: back.commands,
    };
  }
}

/** To the fields that the portal owned; an object that it would make is deleted again. */
function wayBack({
  object,
  before,
  ownedBefore,
  resourceVersion,
}: ServicePlan): Pick<ServicePlan, 'object' | 'desired' | 'remove'> {
  const desired: PolicyUnits = {};
  for (const unit of ownedBefore)
    Object.assign(desired, { [unit]: before[unit] });
  return { object, desired, remove: !resourceVersion };
}

/** The mesh-wide rule, where it is the one that the service follows. */
function meshRuleOf({
  mesh,
  rule: { locality },
}: ServiceTopology): BreakGlassMeshRule | undefined {
  const { setting, source } = locality;
  const { failover, distribute } = setting;
  if (source !== 'mesh' || !(failover?.length || distribute?.length)) {
    return undefined;
  }
  const folder = 'break-glass/mesh-wide';
  const after = distribute?.length
    ? { enabled: true, distribute }
    : { enabled: true, failover };
  // Nobody knows which kind of rule is in force then, and ASM takes the one only while the other is off.
  const there = meshExport({ after, offFirst: true }, mesh.id, folder);
  const none = { after: { enabled: false }, offFirst: false };
  const back = meshExport(none, mesh.id, `${folder}/back`);
  return {
    intent: intentOf(setting),
    files: [...there.files, ...back.files],
    commands: there.commands,
    back: back.commands,
  };
}

function meshRuleText(
  name: string,
  { commands, back }: BreakGlassMeshRule,
): string[] {
  return [
    '',
    '## The rule of the whole mesh',
    '',
    `${name} follows the mesh-wide rule. Should that be gone or changed, this puts it in force as it was when this was made, for every service without a rule of its own; for some seconds in between no rule holds. It needs the aliyun CLI with a key that may call UpdateMeshFeature and DescribeServiceMeshDetail, and no kubeconfig. The same parameters are in the files below \`break-glass/mesh-wide\`, for other clients of the API (servicemesh, version 2020-01-11).`,
    '',
    '```sh',
    ...commands,
    '```',
    '',
    'And to take it back, so that no mesh-wide rule holds:',
    '',
    '```sh',
    ...back,
    '```',
  ];
}

function instructionsFor(
  { mesh, service }: ServiceTopology,
  acts: BreakGlassAct[],
  meshWide?: BreakGlassMeshRule,
): string {
  const { namespace, name } = service;
  return [
    `# When the portal is gone: ${namespace}/${name}`,
    '',
    `The rules of mesh ${mesh.name} (${mesh.id}) are kept by its control plane in ${mesh.region}. If that region is lost too, no rule can be changed: what is in force goes on, and only outlier detection moves calls.`,
    '',
    'Now, while everything works, keep this bundle and the kubeconfig of the mesh outside the region:',
    '',
    '```sh',
    `aliyun servicemesh DescribeServiceMeshKubeconfig --ServiceMeshId ${mesh.id} --PrivateIpAddress false`,
    '```',
    '',
    'In the emergency, from the folder into which the files were unpacked, with `ASM_KUBECONFIG` naming that file:',
    ...acts.flatMap(({ leave, to, ready, commands, back }) => [
      '',
      `## ${leave} is lost`,
      '',
      `Calls go to ${to}, where ${ready} pods were ready when this was made. See that they can bear it.`,
      '',
      '```sh',
      ...commands,
      '```',
      '',
      'And back, when the region has returned:',
      '',
      '```sh',
      ...back,
      '```',
    ]),
    ...(meshWide ? meshRuleText(`${namespace}/${name}`, meshWide) : []),
    '',
    'The portal shows what was done here as an edit from elsewhere. Entry through a gateway of the lost region needs DNS or a global traffic manager in front; no rule of the mesh replaces it.',
    '',
  ].join('\n');
}
