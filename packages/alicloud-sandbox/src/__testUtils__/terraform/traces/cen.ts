import type { Absence, Step, Trace } from '../trace';

const REGION = 'cn-hangzhou';
const PEER_REGION = 'cn-shanghai';

const BUSY = [
  'Operation.Blocking',
  'Throttling.User',
  'IncorrectStatus.Status',
];

function transitRouter(name: string, region: string): Trace {
  const list = {
    via: 'tea-rpc' as const,
    call: 'cbn.ListTransitRouters',
    body: { RegionId: region, TransitRouterId: `\${${name}}` },
  };
  const destroy: Step = {
    via: 'tea-rpc',
    call: 'cbn.DeleteTransitRouter',
    body: { TransitRouterId: `\${${name}}`, ClientToken: `TF-Delete-${name}` },
    retries: [
      ...BUSY,
      'IncorrectStatus.CenInstance',
      'InvalidOperation.AttachedChildInstanceExist',
      'IncorrectStatus.TransitRouterInstance',
    ],
  };
  return {
    resource: 'alicloud_cen_transit_router',
    create: [
      {
        via: 'tea-rpc',
        call: 'cbn.CreateTransitRouter',
        body: {
          CenId: '${cen}',
          RegionId: region,
          ClientToken: `TF-Create-${name}`,
          TransitRouterName: name,
        },
        keep: { [name]: '$.TransitRouterId' },
        retries: BUSY,
      },
      { ...list, until: { path: '$.TransitRouters[0].Status', is: 'Active' } },
    ],
    read: [
      {
        ...list,
        reads: {
          '$.TransitRouters[0].TransitRouterName': name,
          '$.TransitRouters[0].CenId': '${cen}',
          '$.TransitRouters[0].Type': 'Enterprise',
        },
        needs: ['$.TransitRouters[0].SupportMulticast'],
      },
      {
        via: 'tea-rpc',
        call: 'cbn.ListTransitRouterRouteTables',
        body: { TransitRouterId: `\${${name}}` },
        keep: {
          [`${name}Table`]:
            '$.TransitRouterRouteTables[0].TransitRouterRouteTableId',
        },
      },
    ],
    destroy: [destroy],
    absent: {
      ...list,
      empty: '$.TransitRouters',
      codes: ['ParameterInstanceId'],
    },
    destroyAgain: {
      ...destroy,
      body: { ...destroy.body, ClientToken: `TF-Again-${name}` },
      codes: ['ParameterInstanceId'],
    },
    blocked: true,
  };
}

function attachment(options: {
  kind: 'Vpc' | 'Peer';
  name: string;
  body: Record<string, string>;
  reads: Record<string, unknown>;
  needs: string[];
}): Trace {
  const { kind, name, body, reads, needs } = options;
  const row = '$.TransitRouterAttachments[0]';
  const list = {
    via: 'tea-rpc' as const,
    call: `cbn.ListTransitRouter${kind}Attachments`,
    body: {
      CenId: '${cen}',
      RegionId: REGION,
      TransitRouterAttachmentId: `\${${name}}`,
    },
  };
  const under = ([path, value]: [string, unknown]): [string, unknown] => [
    `${row}.${path}`,
    value,
  ];
  return {
    resource: `alicloud_cen_transit_router_${kind.toLowerCase()}_attachment`,
    create: [
      {
        via: 'tea-rpc',
        call: `cbn.CreateTransitRouter${kind}Attachment`,
        body: {
          CenId: '${cen}',
          RegionId: REGION,
          ClientToken: `TF-Create-${name}`,
          ...body,
        },
        keep: { [name]: '$.TransitRouterAttachmentId' },
        retries: [
          ...BUSY,
          'IncorrectStatus.VpcRouteTable',
          'IncorrectStatus.VpcSwitch',
          'IncorrectStatus.Attachment',
        ],
      },
      { ...list, until: { path: `${row}.Status`, is: 'Attached' } },
    ],
    read: [
      {
        ...list,
        reads: Object.fromEntries(Object.entries(reads).map(under)),
        needs: needs.map(path => `${row}.${path}`),
      },
    ],
    destroy: [
      {
        via: 'tea-rpc',
        call: `cbn.DeleteTransitRouter${kind}Attachment`,
        body: {
          TransitRouterAttachmentId: `\${${name}}`,
          ClientToken: `TF-Delete-${name}`,
        },
        retries: [
          ...BUSY,
          'IncorrectStatus.Attachment',
          'InstanceStatus.NotSupport',
          'OperationFailed.RouteTableAssociationExist',
          'OperationFailed.RouteTablePropagationExist',
        ],
      },
    ],
    absent: { ...list, empty: '$.TransitRouterAttachments' },
  };
}

function routeTableLink(
  kind: 'Association' | 'Propagation',
  on: string,
  off: string,
): Trace {
  const link = {
    TransitRouterAttachmentId: '${vpcAttachment}',
    TransitRouterRouteTableId: '${routerTable}',
  };
  const rows = `$.TransitRouter${kind}s`;
  const list = {
    via: 'tea-rpc' as const,
    call: `cbn.ListTransitRouterRouteTable${kind}s`,
    body: link,
  };
  const change = (action: string): Step => ({
    via: 'tea-rpc',
    call: `cbn.${action}`,
    body: { ...link, ClientToken: `TF-${action}` },
    retries: [
      ...BUSY,
      'IncorrectStatus.TransitRouterAttachment',
      'IncorrectStatus.TransitRouterRouteTable',
    ],
  });
  return {
    resource: `alicloud_cen_transit_router_route_table_${kind.toLowerCase()}`,
    create: [
      change(on),
      { ...list, until: { path: `${rows}[0].Status`, is: 'Active' } },
    ],
    read: [
      {
        ...list,
        reads: { [`${rows}[0].TransitRouterAttachmentId`]: '${vpcAttachment}' },
      },
    ],
    destroy: [change(off)],
    absent: { ...list, empty: rows },
  };
}

const describeCen = {
  via: 'tea-rpc' as const,
  call: 'cbn.DescribeCens',
  body: { 'Filter.1.Key': 'CenId', 'Filter.1.Value.1': '${cen}' },
};
const deleteCen: Absence = {
  via: 'tea-rpc',
  call: 'cbn.DeleteCen',
  body: { CenId: '${cen}' },
  retries: ['Operation.Blocking', 'InvalidOperation.CenInstanceStatus'],
};

/** CEN, its transit routers, a VPC's attachment with its routing, and the link between regions. */
export const cenTraces: Trace[] = [
  {
    resource: 'alicloud_cen_instance',
    create: [
      {
        via: 'tea-rpc',
        call: 'cbn.CreateCen',
        body: {
          Name: 'tf',
          ProtectionLevel: 'REDUCED',
          ClientToken: 'TF-CreateCen-1',
        },
        keep: { cen: '$.CenId' },
        retries: ['Operation.Blocking'],
      },
      { ...describeCen, until: { path: '$.Cens.Cen[0].Status', is: 'Active' } },
      // The data source alicloud_cen_transit_router_service, which a configuration needs once an account.
      { via: 'tea-rpc', call: 'cbn.OpenTransitRouterService' },
    ],
    read: [
      {
        ...describeCen,
        reads: {
          '$.Cens.Cen[0].Name': 'tf',
          '$.Cens.Cen[0].ProtectionLevel': 'REDUCED',
        },
        needs: ['$.Cens.Cen[0].Tags.Tag'],
      },
    ],
    destroy: [deleteCen],
    absent: {
      ...describeCen,
      empty: '$.Cens.Cen',
      codes: ['ParameterCenInstanceId'],
    },
    destroyAgain: { ...deleteCen, codes: ['ParameterCenInstanceId'] },
  },
  transitRouter('router', REGION),
  transitRouter('peerRouter', PEER_REGION),
  attachment({
    kind: 'Vpc',
    name: 'vpcAttachment',
    body: {
      TransitRouterId: '${router}',
      VpcId: '${vpc}',
      // Sent by the provider, in no public model of the operation.
      ResourceType: 'VPC',
      RouteTableAssociationEnabled: 'false',
      RouteTablePropagationEnabled: 'false',
      AutoPublishRouteEnabled: 'true',
      'ZoneMappings.1.ZoneId': 'cn-hangzhou-h',
      'ZoneMappings.1.VSwitchId': '${vSwitch}',
    },
    reads: {
      VpcId: '${vpc}',
      TransitRouterId: '${router}',
      AutoPublishRouteEnabled: true,
      VpcRegionId: REGION,
      ResourceType: 'VPC',
      'ZoneMappings[0].VSwitchId': '${vSwitch}',
      'ZoneMappings[0].ZoneId': 'cn-hangzhou-h',
    },
    needs: ['ChargeType', 'OrderType', 'Options', 'Tags', 'VpcOwnerId'],
  }),
  routeTableLink(
    'Association',
    'AssociateTransitRouterAttachmentWithRouteTable',
    'DissociateTransitRouterAttachmentFromRouteTable',
  ),
  routeTableLink(
    'Propagation',
    'EnableTransitRouterRouteTablePropagation',
    'DisableTransitRouterRouteTablePropagation',
  ),
  attachment({
    kind: 'Peer',
    name: 'peerAttachment',
    body: {
      TransitRouterId: '${router}',
      PeerTransitRouterId: '${peerRouter}',
      PeerTransitRouterRegionId: PEER_REGION,
      AutoPublishRouteEnabled: 'true',
      BandwidthType: 'DataTransfer',
      Bandwidth: '5',
    },
    reads: {
      TransitRouterId: '${router}',
      PeerTransitRouterId: '${peerRouter}',
      PeerTransitRouterRegionId: PEER_REGION,
      AutoPublishRouteEnabled: true,
      BandwidthType: 'DataTransfer',
      Bandwidth: 5,
    },
    needs: ['GeographicSpanId', 'ResourceType'],
  }),
];
