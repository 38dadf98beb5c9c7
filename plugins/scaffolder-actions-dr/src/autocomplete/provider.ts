import type {
  AuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { InputError, NotAllowedError, NotFoundError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { AutocompleteHandler } from '@backstage/plugin-scaffolder-node/alpha';
import {
  meshReadPermission,
  REGIONS,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  Alicloud,
  AlicloudAccounts,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

/** Name of the provider in `POST /v2/autocomplete/:provider/:resource`. */
export const AUTOCOMPLETE_PROVIDER = 'mesh-dr';

interface Suggestion {
  id: string;
  title?: string;
}

/** What a form has filled in already, e.g. the region whose zones are wanted. */
type Context = Record<string, string>;

/**
 * Instance types that ACK's own documentation uses for worker nodes: examples for forms without a region and for keys
 * that may not ask for the stock. A form takes any other as well.
 */
const COMMON_INSTANCE_TYPES: Suggestion[] = [
  { id: 'ecs.g7.xlarge', title: 'ecs.g7.xlarge (4 vCPU, 16 GiB)' },
  { id: 'ecs.g7.2xlarge', title: 'ecs.g7.2xlarge (8 vCPU, 32 GiB)' },
  { id: 'ecs.g7.4xlarge', title: 'ecs.g7.4xlarge (16 vCPU, 64 GiB)' },
  { id: 'ecs.c7.xlarge', title: 'ecs.c7.xlarge (4 vCPU, 8 GiB)' },
  { id: 'ecs.c7.2xlarge', title: 'ecs.c7.2xlarge (8 vCPU, 16 GiB)' },
  { id: 'ecs.r7.xlarge', title: 'ecs.r7.xlarge (4 vCPU, 32 GiB)' },
];

function need(context: Context, name: string, resource: string): string {
  const value = context[name];
  if (!value) {
    throw new InputError(
      `context.${name} is missing: ${resource} can be listed for one ${name} only`,
    );
  }
  return value;
}

const named = (id: string, name: string, ...facts: string[]): Suggestion => ({
  id,
  title: `${name || id} (${[...(name ? [id] : []), ...facts]
    .filter(Boolean)
    .join(', ')})`,
});

/** What can be suggested, and what it needs to know of the form. */
const resources: Record<
  string,
  (cloud: Alicloud, context: Context) => Promise<Suggestion[]>
> = {
  async regions(cloud) {
    const offered = await cloud.vpc.describeRegions();
    return offered.map(({ regionId }) => {
      const known = REGIONS.find(({ id }) => id === regionId);
      return {
        id: regionId,
        ...(known && { title: `${regionId} (${known.en} / ${known.zh})` }),
      };
    });
  },
  async zones(cloud, context) {
    const regionId = need(context, 'region', 'zones');
    const [zones, routerZones] = await Promise.all([
      cloud.vpc.describeZones({ regionId }),
      cloud.cen.availableZones({ regionId }),
    ]);
    return zones.map(({ zoneId }) => ({
      id: zoneId,
      title: routerZones.includes(zoneId)
        ? zoneId
        : `${zoneId} (no transit router)`,
    }));
  },
  async instanceTypes(cloud, { region: regionId, zone: zoneId }) {
    if (!regionId) return COMMON_INSTANCE_TYPES;
    const stock = await cloud.ecs
      .availableInstanceTypes({ regionId, zoneId: zoneId || undefined })
      .catch((error: Error) => {
        if (error.name !== 'AlicloudError') throw error;
        return undefined;
      });
    if (!stock) return COMMON_INSTANCE_TYPES;
    const types = new Set(stock.flatMap(({ instanceTypes }) => instanceTypes));
    return [...types]
      .sort()
      .map(
        id => COMMON_INSTANCE_TYPES.find(common => common.id === id) ?? { id },
      );
  },
  async vpcs(cloud, context) {
    const regionId = need(context, 'region', 'VPCs');
    const vpcs = await cloud.vpc.describeVpcs({ regionId });
    return vpcs.map(({ vpcId, vpcName, cidrBlock }) =>
      named(vpcId, vpcName, cidrBlock),
    );
  },
  async vswitches(cloud, context) {
    const regionId = need(context, 'region', 'vSwitches');
    const vpcId = need(context, 'vpc', 'vSwitches');
    const found = await cloud.vpc.describeVSwitches({ regionId, vpcId });
    return found.map(({ vSwitchId, vSwitchName, cidrBlock, zoneId }) =>
      named(vSwitchId, vSwitchName, cidrBlock, zoneId),
    );
  },
  async cens(cloud) {
    const cens = await cloud.cen.describeCens({});
    return cens.map(({ cenId, name }) => named(cenId, name));
  },
  async meshes(cloud) {
    const meshes = await cloud.asm.describeServiceMeshes();
    return meshes.map(({ serviceMeshId, name, regionId, version }) =>
      named(serviceMeshId, name, regionId, version),
    );
  },
  async meshVersions(cloud) {
    const offered = await cloud.asm.describeVersions();
    return [...new Set(offered.flatMap(({ versions }) => versions))].map(
      id => ({ id }),
    );
  },
  async clusters(cloud, context) {
    const regionId = context.region || undefined;
    const clusters = await cloud.ack.describeClusters({ regionId });
    return clusters
      .filter(({ state }) => state !== 'deleted')
      .map(({ clusterId, name, regionId: region, state }) =>
        named(clusterId, name, region, state),
      );
  },
  async kubernetesVersions(cloud, context) {
    const regionId = need(context, 'region', 'Kubernetes versions');
    const versions = await cloud.ack.kubernetesVersions({ regionId });
    return versions.map(id => ({ id }));
  },
};

/** Names of what can be suggested. */
export const AUTOCOMPLETE_RESOURCES = Object.keys(resources).sort();

/**
 * Suggests cloud resources while a template's form is filled in. The token of a request is that of the person who fills
 * the form in: what exists in the cloud is told to those who may see meshes, and to nobody else.
 */
export function createAutocomplete(deps: {
  accounts: AlicloudAccounts;
  auth: AuthService;
  permissions: PermissionsService;
}): AutocompleteHandler {
  return async ({ resource, token, context = {} }) => {
    const suggest = Object.hasOwn(resources, resource)
      ? resources[resource]
      : undefined;
    if (!suggest) {
      throw new NotFoundError(
        `'${resource}' cannot be suggested; choose from ${AUTOCOMPLETE_RESOURCES.join(
          ', ',
        )}`,
      );
    }
    const credentials = await deps.auth.authenticate(token);
    const [decision] = await deps.permissions.authorize(
      [{ permission: meshReadPermission }],
      { credentials },
    );
    if (decision.result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(
        `Suggesting ${resource} needs permission '${meshReadPermission.name}'`,
      );
    }
    const cloud = deps.accounts.get(context.account || undefined);
    return { results: await suggest(cloud, context) };
  };
}
