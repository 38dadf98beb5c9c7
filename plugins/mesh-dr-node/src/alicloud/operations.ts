/**
 * Every OpenAPI operation Mesh DR calls, by product, and what kind of call it is. The transport takes its operations
 * from here only, so this list is also the least set a RAM policy has to allow.
 *
 * - `read` changes nothing: always safe to repeat;
 * - `delete` may be repeated: what is gone stays gone;
 * - `write` may be repeated only when it carries a ClientToken, or when the cloud says that it refused before acting.
 */
export const OPERATIONS = {
  vpc: {
    CreateVpc: 'write',
    DescribeVpcs: 'read',
    DeleteVpc: 'delete',
    CreateVSwitch: 'write',
    DescribeVSwitches: 'read',
    DeleteVSwitch: 'delete',
    DescribeZones: 'read',
    DescribeRegions: 'read',
    DescribeRouteTableList: 'read',
    DescribeRouteEntryList: 'read',
    TagResources: 'idempotent',
  },
  cbn: {
    CheckTransitRouterService: 'read',
    OpenTransitRouterService: 'idempotent',
    CreateCen: 'write',
    DescribeCens: 'read',
    DeleteCen: 'delete',
    ListTransitRouterAvailableResource: 'read',
    CreateTransitRouter: 'write',
    ListTransitRouters: 'read',
    DeleteTransitRouter: 'delete',
    CreateTransitRouterVpcAttachment: 'write',
    ListTransitRouterVpcAttachments: 'read',
    DeleteTransitRouterVpcAttachment: 'delete',
    CreateTransitRouterPeerAttachment: 'write',
    ListTransitRouterPeerAttachments: 'read',
    UpdateTransitRouterPeerAttachmentAttribute: 'idempotent',
    DeleteTransitRouterPeerAttachment: 'delete',
    ListTransitRouterRouteTables: 'read',
    ListTransitRouterRouteEntries: 'read',
    AssociateTransitRouterAttachmentWithRouteTable: 'write',
    DissociateTransitRouterAttachmentFromRouteTable: 'delete',
    ListTransitRouterRouteTableAssociations: 'read',
    EnableTransitRouterRouteTablePropagation: 'write',
    DisableTransitRouterRouteTablePropagation: 'delete',
    ListTransitRouterRouteTablePropagations: 'read',
    DescribePublishedRouteEntries: 'read',
    PublishRouteEntries: 'idempotent',
    WithdrawPublishedRouteEntries: 'delete',
  },
  ecs: {
    DescribeAvailableResource: 'read',
    DescribeSecurityGroups: 'read',
    DescribeSecurityGroupAttribute: 'read',
    AuthorizeSecurityGroup: 'idempotent',
    RevokeSecurityGroup: 'delete',
  },
  cs: {
    CreateCluster: 'write',
    DescribeClustersV1: 'read',
    DescribeClusterDetail: 'read',
    DeleteCluster: 'delete',
    DescribeTaskInfo: 'read',
    DescribeClusterNodes: 'read',
    DescribeClusterResources: 'read',
    DescribeClusterUserKubeconfig: 'read',
    DescribeKubernetesVersionMetadata: 'read',
  },
  servicemesh: {
    DescribeVersions: 'read',
    CreateServiceMesh: 'write',
    DescribeServiceMeshes: 'read',
    DescribeServiceMeshDetail: 'read',
    DeleteServiceMesh: 'delete',
    AddClusterIntoServiceMesh: 'write',
    RemoveClusterFromServiceMesh: 'delete',
    DescribeClustersInServiceMesh: 'read',
    DescribeServiceMeshClusters: 'read',
    DescribeServiceMeshKubeconfig: 'read',
    UpdateMeshFeature: 'idempotent',
  },
  sts: {
    GetCallerIdentity: 'read',
  },
} as const;

/** `idempotent`: a write whose repetition has the same outcome, because it states the wanted end. */
export type OperationKind = 'read' | 'write' | 'delete' | 'idempotent';

/** Product code as in Alibaba Cloud's endpoints. */
export type Product = keyof typeof OPERATIONS;

export type RpcProduct = Exclude<Product, 'cs'>;

/** The product's prefix in RAM policies; CEN's differs from its product code. */
export const RAM_PREFIX: Record<Product, string> = {
  vpc: 'vpc',
  cbn: 'cen',
  ecs: 'ecs',
  cs: 'cs',
  servicemesh: 'servicemesh',
  sts: 'sts',
};

/** API version of each product. */
export const API_VERSION: Record<Product, string> = {
  vpc: '2016-04-28',
  cbn: '2017-09-12',
  ecs: '2014-05-26',
  cs: '2015-12-15',
  servicemesh: '2020-01-11',
  sts: '2015-04-01',
};

/** The RAM actions to allow, e.g. `cen:CreateTransitRouter`, sorted. */
export function ramActions(): string[] {
  return (Object.keys(OPERATIONS) as Product[])
    .flatMap(product =>
      Object.keys(OPERATIONS[product]).map(
        operation => `${RAM_PREFIX[product]}:${operation}`,
      ),
    )
    .sort();
}
