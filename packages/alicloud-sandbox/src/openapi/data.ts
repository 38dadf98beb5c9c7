import type * as model from './model';

/** What a ClientToken was used for. */
export interface TokenUse {
  parameters: string;
  answer: unknown;
  at: number;
}

export interface CloudData {
  vpcs: Record<string, model.Vpc>;
  vSwitches: Record<string, model.VSwitch>;
  routeEntries: Record<string, model.RouteEntry>;
  networkInterfaces: Record<string, model.NetworkInterface>;
  loadBalancers: Record<string, model.LoadBalancer>;
  eips: Record<string, model.Eip>;
  natGateways: Record<string, model.NatGateway>;
  instances: Record<string, model.Instance>;
  cens: Record<string, model.Cen>;
  transitRouters: Record<string, model.TransitRouter>;
  vpcAttachments: Record<string, model.VpcAttachment>;
  peerAttachments: Record<string, model.PeerAttachment>;
  associations: model.RouteTableLink[];
  propagations: model.RouteTableLink[];
  transitRouterRoutes: Record<string, model.TransitRouterRoute>;
  publications: model.Publication[];
  bandwidthPackages: Record<string, model.BandwidthPackage>;
  transitRouterServiceOpen: boolean;
  securityGroups: Record<string, model.SecurityGroup>;
  /** By access key. */
  roleSessions: Record<string, model.RoleSession>;
  clusters: Record<string, model.Cluster>;
  tasks: Record<string, model.Task>;
  events: model.ClusterEvent[];
  meshes: Record<string, model.Mesh>;
  regionsDown: string[];
  /** Those of `regionsDown` whose connections are refused; the others' hang. */
  regionsGone: string[];
  tokens: Record<string, TokenUse>;
}

export function emptyCloud(): CloudData {
  return {
    vpcs: {},
    vSwitches: {},
    routeEntries: {},
    networkInterfaces: {},
    loadBalancers: {},
    eips: {},
    natGateways: {},
    instances: {},
    cens: {},
    transitRouters: {},
    vpcAttachments: {},
    peerAttachments: {},
    associations: [],
    propagations: [],
    transitRouterRoutes: {},
    publications: [],
    bandwidthPackages: {},
    transitRouterServiceOpen: false,
    securityGroups: {},
    roleSessions: {},
    clusters: {},
    tasks: {},
    events: [],
    meshes: {},
    regionsDown: [],
    regionsGone: [],
    tokens: {},
  };
}
