/** Where a duration comes from; none is promised by the cloud. */
export type DurationSource =
  /** The Terraform provider waits so long before it looks, or has given up by then. */
  | 'terraform'
  /** Documentation of the product says so. */
  | 'document'
  /** Operating experience: no source gives a figure. */
  | 'estimate';

/** How long one step of an operation takes. */
export interface DurationRow {
  /** The operation that starts it; operations of one row behave alike. */
  operation: string;
  /** Simulated seconds. */
  seconds: number;
  source: DurationSource;
  /** What the source says, or what the estimate rests on. */
  because: string;
}

const row = (
  operation: string,
  seconds: number,
  source: DurationSource,
  because: string,
): DurationRow => ({ operation, seconds, source, because });

/** Every delay of the simulated cloud, by the step that ends after it. Operations without a row end at once. */
export const DURATION_TABLE = {
  vpcAvailable: row(
    'CreateVpc',
    3,
    'terraform',
    'its first look comes after 5 s and usually finds it Available',
  ),
  vSwitchAvailable: row(
    'CreateVSwitch',
    3,
    'terraform',
    'its first look comes after 5 s',
  ),
  routeEntryAvailable: row(
    'CreateRouteEntry',
    4,
    'terraform',
    'its first look comes after 5 s',
  ),
  natGatewayAvailable: row(
    'CreateNatGateway',
    60,
    'document',
    'the API reference says one to three minutes',
  ),
  natGatewayDeleted: row(
    'DeleteNatGateway',
    30,
    'estimate',
    'documented as asynchronous, without a figure',
  ),
  cenActive: row('CreateCen', 4, 'terraform', 'its first look comes after 5 s'),
  transitRouterActive: row(
    'CreateTransitRouter',
    15,
    'estimate',
    'a few looks of the provider',
  ),
  transitRouterDeleted: row(
    'DeleteTransitRouter',
    10,
    'terraform',
    'its first look comes after 10 s',
  ),
  vpcAttached: row(
    'CreateTransitRouterVpcAttachment',
    60,
    'estimate',
    'one to three minutes as a rule; Terraform allows 42',
  ),
  vpcDetached: row(
    'DeleteTransitRouterVpcAttachment',
    40,
    'estimate',
    'shorter than attaching; Terraform allows 20 minutes',
  ),
  peerAttached: row(
    'CreateTransitRouterPeerAttachment',
    45,
    'estimate',
    'Terraform allows 5 minutes',
  ),
  peerDetached: row(
    'DeleteTransitRouterPeerAttachment',
    30,
    'estimate',
    'shorter than attaching',
  ),
  routeTableLink: row(
    'AssociateTransitRouterAttachmentWithRouteTable, EnableTransitRouterRouteTablePropagation and their opposites',
    8,
    'estimate',
    'two looks of the provider',
  ),
  transitRouterRouteActive: row(
    'CreateTransitRouterRouteEntry',
    4,
    'estimate',
    'one look of the provider',
  ),
  clusterApiServerUp: row(
    'CreateCluster: control plane',
    210,
    'estimate',
    'a managed cluster takes five to ten minutes, most of it the control plane',
  ),
  clusterNodesAdded: row(
    'CreateCluster: instances ordered',
    30,
    'estimate',
    'the scaling group answers within half a minute',
  ),
  nodeInstanceRunning: row(
    'CreateCluster, CreateClusterNodePool, ScaleClusterNodePool, ModifyClusterNodePool: boot and join',
    25,
    'estimate',
    'an instance boots in about 20 s and registers itself',
  ),
  clusterRunning: row(
    'CreateCluster: addons',
    60,
    'estimate',
    'so that the whole is the five minutes of the shortest creations',
  ),
  clusterModified: row(
    'ModifyCluster',
    10,
    'terraform',
    'its first look at a task comes after 10 s',
  ),
  clusterDeleted: row(
    'DeleteCluster',
    180,
    'estimate',
    'three to five minutes as a rule',
  ),
  nodePoolScaled: row(
    'CreateClusterNodePool, ScaleClusterNodePool, ModifyClusterNodePool, RemoveNodePoolNodes, DeleteClusterNodepool',
    60,
    'estimate',
    'the task ends when its nodes are Ready, or gone',
  ),
  nodeLeft: row(
    'RemoveNodePoolNodes, ModifyClusterNodePool, DeleteClusterNodepool: drain and release',
    40,
    'document',
    'Kubernetes gives Pods 30 s to end; then the instance is released',
  ),
  meshApiServerUp: row(
    'CreateServiceMesh: API server',
    120,
    'estimate',
    'a mesh takes two to five minutes; Terraform looks after one and allows ten',
  ),
  meshRunning: row(
    'CreateServiceMesh: control plane',
    20,
    'estimate',
    'istiod starts once the API server is up',
  ),
  meshDeleted: row(
    'DeleteServiceMesh',
    45,
    'terraform',
    'its first look comes after 60 s',
  ),
  meshUpgraded: row(
    'UpgradeMeshVersion, UpgradeMeshEditionPartially',
    150,
    'estimate',
    'about as long as creating the control plane; Terraform looks after 30 s and goes on',
  ),
  memberJoined: row(
    'AddClusterIntoServiceMesh',
    40,
    'estimate',
    'connecting, then installing what ASM needs in the cluster',
  ),
  memberUnreachable: row(
    'AddClusterIntoServiceMesh: no way to the API server',
    90,
    'estimate',
    'three dials of 30 s before ASM gives up',
  ),
  memberRemoved: row(
    'RemoveClusterFromServiceMesh',
    20,
    'estimate',
    'deleting the namespace istio-system with what is in it',
  ),
} as const;

export type Step = keyof typeof DURATION_TABLE;

/** The same in milliseconds of simulated time. */
export const DURATIONS = Object.fromEntries(
  Object.entries(DURATION_TABLE).map(([step, { seconds }]) => [
    step,
    seconds * 1000,
  ]),
) as Readonly<Record<Step, number>>;
