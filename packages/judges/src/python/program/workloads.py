"""The guide's clusters, their security groups and Pod routes, and the mesh over both."""

import json

from cloud import until


def build_cluster(cloud, name, site, pod_block, service_block):
    cs = cloud.cs
    made = cs.call(
        "CreateCluster",
        name=name,
        region_id=site.region,
        cluster_type="ManagedKubernetes",
        profile="Default",
        cluster_spec="ack.pro.small",
        vpcid=site.vpc,
        vswitch_ids=[site.vswitch],
        container_cidr=pod_block,
        service_cidr=service_block,
        node_cidr_mask="26",
        snat_entry=True,
        endpoint_public_access=True,
        addons=[cs.model("Addon", name="flannel")],
        nodepools=[
            cs.model(
                "Nodepool",
                nodepool_info=cs.model("NodepoolNodepoolInfo", name="default"),
                scaling_group=cs.model(
                    "NodepoolScalingGroup",
                    vswitch_ids=[site.vswitch],
                    instance_types=["ecs.g7.xlarge"],
                    desired_size=2,
                ),
            )
        ],
    )
    until(
        "the task",
        lambda: cs.call("DescribeTaskInfo", made.task_id).state == "success",
    )

    def ready():
        nodes = cs.call("DescribeClusterNodes", made.cluster_id).nodes
        return len(nodes) == 2 and all(n.node_status == "Ready" for n in nodes)

    until("the nodes", ready)
    return made.cluster_id


def authorize(cloud, cluster, site, pod_block):
    """Opens the cluster's group to the other's Pods; whether the rule reads back."""
    ecs = cloud.ecs
    group = cloud.cs.call("DescribeClusterDetail", cluster).security_group_id
    ecs.call(
        "AuthorizeSecurityGroup",
        region_id=site.region,
        security_group_id=group,
        permissions=[
            ecs.model(
                "AuthorizeSecurityGroupRequestPermissions",
                ip_protocol="ALL",
                port_range="-1/-1",
                source_cidr_ip=pod_block,
            )
        ],
    )
    rules = ecs.call(
        "DescribeSecurityGroupAttribute",
        region_id=site.region,
        security_group_id=group,
        direction="ingress",
    ).permissions.permission
    return any(
        (rule.ip_protocol, rule.port_range, rule.source_cidr_ip)
        == ("ALL", "-1/-1", pod_block)
        for rule in rules
    )


def publish_pod_routes(cloud, cen, site):
    """Publishes the routes to the nodes' Pods; the state of each publication."""
    routes = cloud.vpc.call(
        "DescribeRouteEntryList",
        region_id=site.region,
        route_table_id=site.route_table,
        next_hop_type="Instance",
    ).route_entrys.route_entry
    states = []
    for entry in routes:
        key = {
            "cen_id": cen,
            "child_instance_id": site.vpc,
            "child_instance_type": "VPC",
            "child_instance_region_id": site.region,
            "child_instance_route_table_id": site.route_table,
            "destination_cidr_block": entry.destination_cidr_block,
        }
        cloud.cbn.call("PublishRouteEntries", **key)
        published = cloud.cbn.call("DescribePublishedRouteEntries", **key)
        rows = published.published_route_entries.published_route_entry
        states.append(rows[0].publish_status)
    return states


def build_mesh(cloud, site, clusters):
    """A mesh with all clusters as members; its id and the members' states."""
    mesh = cloud.mesh
    made = mesh.call(
        "CreateServiceMesh",
        region_id=site.region,
        vpc_id=site.vpc,
        v_switches=json.dumps([site.vswitch]),
        name="guide",
        api_server_public_eip=True,
    ).service_mesh_id
    running(cloud, made)
    for cluster in clusters:
        mesh.call("AddClusterIntoServiceMesh", service_mesh_id=made, cluster_id=cluster)

    def settled():
        rows = mesh.call("DescribeClustersInServiceMesh", service_mesh_id=made).clusters
        states = [row.state for row in rows]
        return None if "starting" in states else states

    return made, until("the members", settled)


def running(cloud, mesh):
    def state():
        detail = cloud.mesh.call("DescribeServiceMeshDetail", service_mesh_id=mesh)
        return detail.service_mesh.service_mesh_info.state == "running"

    until("the mesh", state)


def configure_failover(cloud, mesh):
    """Failover between the guide's regions; what the mesh says of it afterwards."""
    pairs = [("cn-hangzhou", "cn-shanghai"), ("cn-shanghai", "cn-hangzhou")]
    cloud.mesh.call(
        "UpdateMeshFeature",
        service_mesh_id=mesh,
        locality_load_balancing=True,
        locality_lbconf=json.dumps(
            {"failover": [{"from": a, "to": b} for a, b in pairs]}
        ),
    )
    running(cloud, mesh)
    detail = cloud.mesh.call("DescribeServiceMeshDetail", service_mesh_id=mesh)
    return detail.service_mesh.spec.mesh_config
