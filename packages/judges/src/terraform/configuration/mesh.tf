resource "alicloud_service_mesh_service_mesh" "guide" {
  service_mesh_name = "guide"
  edition           = "Pro"
  cluster_spec      = "standard"

  network {
    vpc_id        = alicloud_vpc.mesh.id
    vswitche_list = [alicloud_vswitch.mesh.id]
  }

  load_balancer {
    api_server_public_eip = true
  }

  mesh_config {
    enable_locality_lb = true
  }

  cluster_ids = [
    alicloud_cs_managed_kubernetes.hangzhou.id,
    alicloud_cs_managed_kubernetes.shanghai.id,
  ]

  # A member joins only when the mesh reaches its API server.
  depends_on = [
    alicloud_cen_transit_router_route_table_association.hangzhou,
    alicloud_cen_transit_router_route_table_association.shanghai,
    alicloud_cen_transit_router_route_table_propagation.hangzhou,
    alicloud_cen_transit_router_route_table_propagation.shanghai,
    alicloud_cs_kubernetes_node_pool.hangzhou,
    alicloud_cs_kubernetes_node_pool.shanghai,
  ]
}
