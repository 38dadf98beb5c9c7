resource "alicloud_vpc" "hangzhou" {
  vpc_name   = "guide-hangzhou"
  cidr_block = "20.0.0.0/8"
}

resource "alicloud_vswitch" "hangzhou" {
  vswitch_name = "guide-hangzhou"
  vpc_id       = alicloud_vpc.hangzhou.id
  cidr_block   = "20.0.0.0/16"
  zone_id      = "cn-hangzhou-h"
}

resource "alicloud_vpc" "shanghai" {
  provider   = alicloud.shanghai
  vpc_name   = "guide-shanghai"
  cidr_block = "21.0.0.0/8"
}

resource "alicloud_vswitch" "shanghai" {
  provider     = alicloud.shanghai
  vswitch_name = "guide-shanghai"
  vpc_id       = alicloud_vpc.shanghai.id
  cidr_block   = "21.0.0.0/16"
  zone_id      = "cn-shanghai-b"
}

resource "alicloud_vpc" "mesh" {
  vpc_name   = "guide-mesh"
  cidr_block = "192.168.0.0/16"
}

resource "alicloud_vswitch" "mesh" {
  vswitch_name = "guide-mesh"
  vpc_id       = alicloud_vpc.mesh.id
  cidr_block   = "192.168.0.0/24"
  zone_id      = "cn-hangzhou-h"
}
