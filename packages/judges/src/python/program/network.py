"""The guide's network: three VPCs, CEN, two transit routers, and all routing."""

from dataclasses import dataclass, field

from cloud import until


@dataclass
class Site:
    region: str
    vpc: str
    vswitch: str
    zone: str
    route_table: str


@dataclass
class Network:
    cen: str
    sites: dict = field(default_factory=dict)
    routers: dict = field(default_factory=dict)
    attachments: list = field(default_factory=list)
    peer: str = ""


def make_site(cloud, region, vpc_block, vswitch_block, zone):
    vpc = cloud.vpc
    made = vpc.call(
        "CreateVpc",
        region_id=region,
        cidr_block=vpc_block,
        vpc_name=f"vpc-{vpc_block}",
        tag=[vpc.model("CreateVpcRequestTag", key="guide", value="yes")],
    )

    def available():
        rows = vpc.call("DescribeVpcs", region_id=region, vpc_id=made.vpc_id).vpcs.vpc
        return rows[0].status == "Available"

    until("the VPC", available)
    vswitch = vpc.call(
        "CreateVSwitch",
        region_id=region,
        vpc_id=made.vpc_id,
        cidr_block=vswitch_block,
        zone_id=zone,
    ).v_switch_id
    until(
        "the vSwitch",
        lambda: vpc.call("DescribeVSwitchAttributes", v_switch_id=vswitch).status
        == "Available",
    )
    return Site(region, made.vpc_id, vswitch, zone, made.route_table_id)


def make_router(cloud, cen, region):
    cbn = cloud.cbn
    router = cbn.call("CreateTransitRouter", cen_id=cen, region_id=region)
    router = router.transit_router_id

    def active():
        rows = cbn.call("ListTransitRouters", transit_router_id=router).transit_routers
        return rows[0].status == "Active"

    until("the transit router", active)
    tables = cbn.call("ListTransitRouterRouteTables", transit_router_id=router)
    table = tables.transit_router_route_tables[0].transit_router_route_table_id
    return router, table


def attached(cloud, kind, attachment):
    def state():
        rows = cloud.cbn.call(
            f"ListTransitRouter{kind}Attachments",
            transit_router_attachment_id=attachment,
        ).transit_router_attachments
        return rows[0].status == "Attached"

    until("the attachment", state)
    return attachment


def attach(cloud, cen, router, site):
    cbn = cloud.cbn
    made = cbn.call(
        "CreateTransitRouterVpcAttachment",
        cen_id=cen,
        region_id=site.region,
        transit_router_id=router,
        vpc_id=site.vpc,
        auto_publish_route_enabled=True,
        zone_mappings=[
            cbn.model(
                "CreateTransitRouterVpcAttachmentRequestZoneMappings",
                zone_id=site.zone,
                v_switch_id=site.vswitch,
            )
        ],
    )
    return attached(cloud, "Vpc", made.transit_router_attachment_id)


def attach_peer(cloud, cen, here, there):
    made = cloud.cbn.call(
        "CreateTransitRouterPeerAttachment",
        cen_id=cen,
        region_id="cn-hangzhou",
        transit_router_id=here,
        peer_transit_router_id=there,
        peer_transit_router_region_id="cn-shanghai",
        auto_publish_route_enabled=True,
        bandwidth_type="DataTransfer",
        bandwidth=100,
    )
    return attached(cloud, "Peer", made.transit_router_attachment_id)


def route(cloud, attachment, table):
    """Associates the attachment with the table, and has it propagate its routes there."""
    cbn = cloud.cbn
    link = {
        "transit_router_attachment_id": attachment,
        "transit_router_route_table_id": table,
    }
    cbn.call("AssociateTransitRouterAttachmentWithRouteTable", **link)
    cbn.call("EnableTransitRouterRouteTablePropagation", **link)

    def active():
        associations = cbn.call("ListTransitRouterRouteTableAssociations", **link)
        propagations = cbn.call("ListTransitRouterRouteTablePropagations", **link)
        return all(
            row.status == "Active"
            for row in associations.transit_router_associations
            + propagations.transit_router_propagations
        )

    until("the route table's links", active)


def build_network(cloud):
    cbn = cloud.cbn
    cbn.call("OpenTransitRouterService")
    network = Network(cbn.call("CreateCen", name="guide").cen_id)

    def active():
        key = cbn.model("DescribeCensRequestFilter", key="CenId", value=[network.cen])
        return cbn.call("DescribeCens", filter=[key]).cens.cen[0].status == "Active"

    until("the CEN", active)
    for name, *where in [
        ("hangzhou", "cn-hangzhou", "20.0.0.0/8", "20.0.0.0/16", "cn-hangzhou-h"),
        ("shanghai", "cn-shanghai", "21.0.0.0/8", "21.0.0.0/16", "cn-shanghai-b"),
        ("mesh", "cn-hangzhou", "192.168.0.0/16", "192.168.0.0/24", "cn-hangzhou-h"),
    ]:
        network.sites[name] = make_site(cloud, *where)
    for region in ["cn-hangzhou", "cn-shanghai"]:
        network.routers[region] = make_router(cloud, network.cen, region)
    for site in network.sites.values():
        router, table = network.routers[site.region]
        attachment = attach(cloud, network.cen, router, site)
        network.attachments.append(attachment)
        route(cloud, attachment, table)
    (here, _), (there, _) = network.routers.values()
    network.peer = attach_peer(cloud, network.cen, here, there)
    for _, table in network.routers.values():
        route(cloud, network.peer, table)
    return network
