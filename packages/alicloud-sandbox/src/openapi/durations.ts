const SECOND = 1000;

/**
 * How long the real cloud takes, in milliseconds of simulated time. From the waits that the Terraform provider builds in,
 * product documentation and operating experience; none is promised by the cloud.
 */
export const DURATIONS = {
  /** Terraform looks for the first time after 5 s and usually finds it done. */
  vpcAvailable: 3 * SECOND,
  vSwitchAvailable: 3 * SECOND,
  routeEntryAvailable: 4 * SECOND,
  /** Terraform's first look comes after 5 s. */
  cenActive: 4 * SECOND,
  transitRouterActive: 15 * SECOND,
  transitRouterDeleted: 10 * SECOND,
  /** One to three minutes as a rule; Terraform allows 42. */
  vpcAttached: 60 * SECOND,
  vpcDetached: 40 * SECOND,
  peerAttached: 45 * SECOND,
  peerDetached: 30 * SECOND,
  routeTableLink: 8 * SECOND,
  transitRouterRouteActive: 4 * SECOND,
  /** Five to ten minutes for a managed cluster: control plane first, then nodes. */
  clusterApiServerUp: 180 * SECOND,
  clusterNodesAdded: 30 * SECOND,
  clusterRunning: 60 * SECOND,
  nodeInstanceRunning: 25 * SECOND,
  clusterDeleted: 120 * SECOND,
  clusterModified: 10 * SECOND,
  nodePoolScaled: 60 * SECOND,
  nodeLeft: 40 * SECOND,
  /** Two to three minutes; Terraform waits a fixed minute before its first look. */
  meshApiServerUp: 120 * SECOND,
  meshRunning: 20 * SECOND,
  meshDeleted: 45 * SECOND,
  /** The control plane is replaced while the data plane goes on; gateways restart one after another. */
  meshUpgraded: 150 * SECOND,
  /** Connecting to the API server, installing what ASM needs in the cluster. */
  memberJoined: 40 * SECOND,
  /** Three dials of 30 s before ASM gives up. */
  memberUnreachable: 90 * SECOND,
  memberRemoved: 20 * SECOND,
} as const;
