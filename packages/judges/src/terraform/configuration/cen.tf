data "alicloud_cen_transit_router_service" "open" {
  enable = "On"
}

resource "alicloud_cen_instance" "guide" {
  cen_instance_name = "guide"
}

resource "alicloud_cen_transit_router" "hangzhou" {
  cen_id              = alicloud_cen_instance.guide.id
  transit_router_name = "guide-hangzhou"
  depends_on          = [data.alicloud_cen_transit_router_service.open]
}

resource "alicloud_cen_transit_router" "shanghai" {
  provider            = alicloud.shanghai
  cen_id              = alicloud_cen_instance.guide.id
  transit_router_name = "guide-shanghai"
  depends_on          = [data.alicloud_cen_transit_router_service.open]
}

data "alicloud_cen_transit_router_route_tables" "hangzhou" {
  transit_router_id               = alicloud_cen_transit_router.hangzhou.transit_router_id
  transit_router_route_table_type = "System"
}

data "alicloud_cen_transit_router_route_tables" "shanghai" {
  provider                        = alicloud.shanghai
  transit_router_id               = alicloud_cen_transit_router.shanghai.transit_router_id
  transit_router_route_table_type = "System"
}

resource "alicloud_cen_transit_router_vpc_attachment" "hangzhou" {
  cen_id                     = alicloud_cen_instance.guide.id
  transit_router_id          = alicloud_cen_transit_router.hangzhou.transit_router_id
  vpc_id                     = alicloud_vpc.hangzhou.id
  auto_publish_route_enabled = true

  zone_mappings {
    zone_id    = alicloud_vswitch.hangzhou.zone_id
    vswitch_id = alicloud_vswitch.hangzhou.id
  }
}

resource "alicloud_cen_transit_router_vpc_attachment" "shanghai" {
  provider                   = alicloud.shanghai
  cen_id                     = alicloud_cen_instance.guide.id
  transit_router_id          = alicloud_cen_transit_router.shanghai.transit_router_id
  vpc_id                     = alicloud_vpc.shanghai.id
  auto_publish_route_enabled = true

  zone_mappings {
    zone_id    = alicloud_vswitch.shanghai.zone_id
    vswitch_id = alicloud_vswitch.shanghai.id
  }
}

resource "alicloud_cen_transit_router_vpc_attachment" "mesh" {
  cen_id                     = alicloud_cen_instance.guide.id
  transit_router_id          = alicloud_cen_transit_router.hangzhou.transit_router_id
  vpc_id                     = alicloud_vpc.mesh.id
  auto_publish_route_enabled = true

  zone_mappings {
    zone_id    = alicloud_vswitch.mesh.zone_id
    vswitch_id = alicloud_vswitch.mesh.id
  }
}

resource "alicloud_cen_transit_router_peer_attachment" "guide" {
  cen_id                        = alicloud_cen_instance.guide.id
  transit_router_id             = alicloud_cen_transit_router.hangzhou.transit_router_id
  peer_transit_router_id        = alicloud_cen_transit_router.shanghai.transit_router_id
  peer_transit_router_region_id = "cn-shanghai"
  auto_publish_route_enabled    = true
  bandwidth_type                = "DataTransfer"
  bandwidth                     = 100
}

locals {
  table_hangzhou = data.alicloud_cen_transit_router_route_tables.hangzhou.tables[0].transit_router_route_table_id
  table_shanghai = data.alicloud_cen_transit_router_route_tables.shanghai.tables[0].transit_router_route_table_id

  links_hangzhou = {
    hangzhou = alicloud_cen_transit_router_vpc_attachment.hangzhou.transit_router_attachment_id
    mesh     = alicloud_cen_transit_router_vpc_attachment.mesh.transit_router_attachment_id
    peer     = alicloud_cen_transit_router_peer_attachment.guide.transit_router_attachment_id
  }
  links_shanghai = {
    shanghai = alicloud_cen_transit_router_vpc_attachment.shanghai.transit_router_attachment_id
    peer     = alicloud_cen_transit_router_peer_attachment.guide.transit_router_attachment_id
  }
}

resource "alicloud_cen_transit_router_route_table_association" "hangzhou" {
  for_each                      = local.links_hangzhou
  transit_router_attachment_id  = each.value
  transit_router_route_table_id = local.table_hangzhou
}

resource "alicloud_cen_transit_router_route_table_propagation" "hangzhou" {
  for_each                      = local.links_hangzhou
  transit_router_attachment_id  = each.value
  transit_router_route_table_id = local.table_hangzhou
}

resource "alicloud_cen_transit_router_route_table_association" "shanghai" {
  provider                      = alicloud.shanghai
  for_each                      = local.links_shanghai
  transit_router_attachment_id  = each.value
  transit_router_route_table_id = local.table_shanghai
}

resource "alicloud_cen_transit_router_route_table_propagation" "shanghai" {
  provider                      = alicloud.shanghai
  for_each                      = local.links_shanghai
  transit_router_attachment_id  = each.value
  transit_router_route_table_id = local.table_shanghai
}
