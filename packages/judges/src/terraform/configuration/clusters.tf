resource "alicloud_cs_managed_kubernetes" "hangzhou" {
  name                 = "guide-hangzhou"
  cluster_spec         = "ack.pro.small"
  vswitch_ids          = [alicloud_vswitch.hangzhou.id]
  pod_cidr             = "10.0.0.0/16"
  service_cidr         = "172.16.0.0/16"
  node_cidr_mask       = 26
  new_nat_gateway      = true
  slb_internet_enabled = true

  addons {
    name = "flannel"
  }
}

resource "alicloud_cs_managed_kubernetes" "shanghai" {
  provider             = alicloud.shanghai
  name                 = "guide-shanghai"
  cluster_spec         = "ack.pro.small"
  vswitch_ids          = [alicloud_vswitch.shanghai.id]
  pod_cidr             = "10.1.0.0/16"
  service_cidr         = "172.17.0.0/16"
  node_cidr_mask       = 26
  new_nat_gateway      = true
  slb_internet_enabled = true

  addons {
    name = "flannel"
  }
}

resource "alicloud_cs_kubernetes_node_pool" "hangzhou" {
  node_pool_name = "default"
  cluster_id     = alicloud_cs_managed_kubernetes.hangzhou.id
  vswitch_ids    = [alicloud_vswitch.hangzhou.id]
  instance_types = ["ecs.g7.xlarge"]
  desired_size   = "2"
}

resource "alicloud_cs_kubernetes_node_pool" "shanghai" {
  provider       = alicloud.shanghai
  node_pool_name = "default"
  cluster_id     = alicloud_cs_managed_kubernetes.shanghai.id
  vswitch_ids    = [alicloud_vswitch.shanghai.id]
  instance_types = ["ecs.g7.xlarge"]
  desired_size   = "2"
}

# Each cluster's group opens to the Pods of the other.
resource "alicloud_security_group_rule" "hangzhou" {
  type              = "ingress"
  security_group_id = alicloud_cs_managed_kubernetes.hangzhou.security_group_id
  ip_protocol       = "all"
  port_range        = "-1/-1"
  nic_type          = "intranet"
  policy            = "accept"
  priority          = 1
  cidr_ip           = "10.1.0.0/16"
}

resource "alicloud_security_group_rule" "shanghai" {
  provider          = alicloud.shanghai
  type              = "ingress"
  security_group_id = alicloud_cs_managed_kubernetes.shanghai.security_group_id
  ip_protocol       = "all"
  port_range        = "-1/-1"
  nic_type          = "intranet"
  policy            = "accept"
  priority          = 1
  cidr_ip           = "10.0.0.0/16"
}
