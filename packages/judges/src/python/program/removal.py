"""Deletes what the guide made, first out of order and then in order."""

from cloud import until

WAITING = ("Dependency", "InvalidOperation", "OperationFailed", "Incorrect")


def out_of_order(cloud, network, mesh):
    """What the cloud says to deletions of things that others depend on: code and HTTP status, by action."""
    site = network.sites["hangzhou"]
    router, _ = network.routers["cn-hangzhou"]
    calls = [
        (cloud.vpc, "DeleteVpc", {"vpc_id": site.vpc}),
        (cloud.vpc, "DeleteVSwitch", {"v_switch_id": site.vswitch}),
        (cloud.cbn, "DeleteCen", {"cen_id": network.cen}),
        (cloud.cbn, "DeleteTransitRouter", {"transit_router_id": router}),
        (cloud.mesh, "DeleteServiceMesh", {"service_mesh_id": mesh}),
    ]
    return {
        action: product.refusal(action, **fields) for product, action, fields in calls
    }


def gone(product, action, **fields):
    """Repeats a deletion while what it waits for is still going away."""

    def attempt():
        try:
            product.call(action, **fields)
            return True
        except Exception as error:  # the SDKs' error classes share no base
            if str(getattr(error, "code", "")).startswith(WAITING):
                return False
            raise

    until(action, attempt)


def remove_mesh(cloud, mesh, clusters):
    for cluster in clusters:
        cloud.mesh.call(
            "RemoveClusterFromServiceMesh", service_mesh_id=mesh, cluster_id=cluster
        )
    until(
        "the members to leave",
        lambda: not cloud.mesh.call(
            "DescribeClustersInServiceMesh", service_mesh_id=mesh
        ).clusters,
    )
    cloud.mesh.call("DeleteServiceMesh", service_mesh_id=mesh)
    until(
        "the mesh to go",
        lambda: not cloud.mesh.call("DescribeServiceMeshes").service_meshes,
    )


def remove_clusters(cloud, clusters):
    tasks = [cloud.cs.call("DeleteCluster", id).task_id for id in clusters]
    for task in tasks:
        until(
            "the cluster to go",
            lambda task=task: cloud.cs.call("DescribeTaskInfo", task).state
            == "success",
        )


def remove_network(cloud, network):
    cbn = cloud.cbn
    for _, table in network.routers.values():
        key = {"transit_router_route_table_id": table}
        links = cbn.call("ListTransitRouterRouteTableAssociations", **key)
        for row in links.transit_router_associations:
            link = {
                "transit_router_attachment_id": row.transit_router_attachment_id,
                **key,
            }
            gone(cbn, "DisableTransitRouterRouteTablePropagation", **link)
            gone(cbn, "DissociateTransitRouterAttachmentFromRouteTable", **link)
    for id in network.attachments:
        gone(cbn, "DeleteTransitRouterVpcAttachment", transit_router_attachment_id=id)
    gone(
        cbn,
        "DeleteTransitRouterPeerAttachment",
        transit_router_attachment_id=network.peer,
    )
    for router, _ in network.routers.values():
        gone(cbn, "DeleteTransitRouter", transit_router_id=router)
    gone(cbn, "DeleteCen", cen_id=network.cen)
    for site in network.sites.values():
        gone(cloud.vpc, "DeleteVSwitch", v_switch_id=site.vswitch)
        gone(cloud.vpc, "DeleteVpc", vpc_id=site.vpc)
