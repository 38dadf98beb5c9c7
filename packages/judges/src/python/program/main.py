"""The guide through the official Python SDKs, over TLS. Reads where the sandbox serves from its only argument."""

import json
import os
import sys
import traceback

import old_core
import removal
import workloads
from cloud import Cloud, verdict
from network import build_network

PODS = ["10.0.0.0/16", "10.1.0.0/16"]
SERVICES = ["172.16.0.0/16", "172.17.0.0/16"]

REFUSALS = {
    "DeleteVpc": ("DependencyViolation.VSwitch", 400),
    "DeleteVSwitch": ("DependencyViolation", 400),
    "DeleteCen": ("InvalidOperation.ChildInstancesExist", 400),
    "DeleteTransitRouter": ("InvalidOperation.AttachedChildInstanceExist", 400),
    "DeleteServiceMesh": ("OperationDenied.ClusterExist", 400),
}


def guide(cloud):
    network = build_network(cloud)
    verdict("network, CEN, transit routers and routes", True)
    sites = [network.sites["hangzhou"], network.sites["shanghai"]]
    clusters = [
        workloads.build_cluster(cloud, f"ack-{i}", site, PODS[i], SERVICES[i])
        for i, site in enumerate(sites)
    ]
    verdict("two clusters with Ready nodes", True)
    opened = [
        workloads.authorize(cloud, clusters[i], site, PODS[1 - i])
        for i, site in enumerate(sites)
    ]
    verdict("security group rules read back", all(opened), str(opened))
    states = [workloads.publish_pod_routes(cloud, network.cen, s) for s in sites]
    verdict("Pod routes are published", states == [["Published"] * 2] * 2, str(states))
    mesh, members = workloads.build_mesh(cloud, network.sites["mesh"], clusters)
    verdict("both clusters join the mesh", members == ["running"] * 2, str(members))
    config = workloads.configure_failover(cloud, mesh)
    verdict(
        "failover reads back",
        config.enable_locality_lb and config.locality_lb.failover,
        str(config.locality_lb.to_map()),
    )
    kubeconfigs = [
        cloud.cs.call("DescribeClusterUserKubeconfig", clusters[0]).config,
        cloud.mesh.call(
            "DescribeServiceMeshKubeconfig", service_mesh_id=mesh
        ).kubeconfig,
    ]
    verdict(
        "kubeconfigs of a cluster and of the mesh",
        all("server: " in text for text in kubeconfigs),
    )
    refused = removal.out_of_order(cloud, network, mesh)
    verdict(
        "deletions out of order are refused",
        refused == REFUSALS,
        str(refused),
    )
    removal.remove_mesh(cloud, mesh, clusters)
    removal.remove_clusters(cloud, clusters)
    removal.remove_network(cloud, network)
    verdict("everything is deleted in order", True)


def first_generation(sandbox):
    rows = old_core.call(sandbox, "DescribeRegions")["Regions"]["Region"]
    verdict("the first SDK: RPC v1 over TLS", len(rows) > 10, f"{len(rows)} regions")
    refused = old_core.refusal(
        sandbox, "DescribeVpcAttribute", RegionId="cn-hangzhou", VpcId="vpc-none"
    )
    verdict(
        "the first SDK: a missing VPC",
        refused == ("InvalidVpcID.NotFound", 404),
        str(refused),
    )


def without_authority(sandbox):
    """Only who trusts the sandbox's authority gets through: TLS is checked, not waved through."""
    del os.environ["SSL_CERT_FILE"]
    # Under another name: the SDK keeps the connections of the one it knows.
    authority = sandbox["authority"].replace("127.0.0.1", "localhost")
    try:
        Cloud({**sandbox, "authority": authority}).vpc.call("DescribeRegions")
        reason = "was trusted"
    except Exception as error:  # the SDKs' error classes share no base
        reason = str(error)
    refused = "CERTIFICATE_VERIFY_FAILED" in reason
    verdict("without the authority nobody is trusted", refused, reason)


def main():
    sandbox = json.loads(sys.argv[1])
    cloud = Cloud(sandbox)
    try:
        guide(cloud)
        first_generation(sandbox)
        without_authority(sandbox)
    except Exception:
        verdict("ran to its end", False, traceback.format_exc())
    verdict(
        f"typed models know all fields of {len(cloud.compared)} operations",
        not cloud.faults,
        "; ".join(sorted(cloud.faults)),
    )


main()
