terraform {
  required_providers {
    alicloud = {
      source  = "aliyun/alicloud"
      version = ">= 1.262.0"
    }
  }
}

# host:port of the local cloud, without a scheme.
variable "endpoint" {
  type = string
}

variable "access_key" {
  type = string
}

variable "secret_key" {
  type      = string
  sensitive = true
}

locals {
  account = "1250123456123456"
}

# HTTPS for all: the provider speaks it to the Container Service whatever it is told.
provider "alicloud" {
  region                 = "cn-hangzhou"
  access_key             = var.access_key
  secret_key             = var.secret_key
  account_id             = local.account
  account_type           = "Domestic"
  protocol               = "HTTPS"
  skip_region_validation = true

  endpoints {
    vpc         = var.endpoint
    ecs         = var.endpoint
    cbn         = var.endpoint
    cs          = var.endpoint
    servicemesh = var.endpoint
    sts         = var.endpoint
    ram         = var.endpoint
    bssopenapi  = var.endpoint
    location    = var.endpoint
  }
}

provider "alicloud" {
  alias                  = "shanghai"
  region                 = "cn-shanghai"
  access_key             = var.access_key
  secret_key             = var.secret_key
  account_id             = local.account
  account_type           = "Domestic"
  protocol               = "HTTPS"
  skip_region_validation = true

  endpoints {
    vpc         = var.endpoint
    ecs         = var.endpoint
    cbn         = var.endpoint
    cs          = var.endpoint
    servicemesh = var.endpoint
    sts         = var.endpoint
    ram         = var.endpoint
    bssopenapi  = var.endpoint
    location    = var.endpoint
  }
}
