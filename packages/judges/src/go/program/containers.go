package main

import (
	"encoding/json"
	"fmt"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/responses"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/cs"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
	"github.com/denverdino/aliyungo/common"
	aliyungo "github.com/denverdino/aliyungo/cs"
)

// buildCluster creates a cluster with the ROA signature of the Container Service.
func (c *cloud) buildCluster(at site) string {
	create := cs.CreateCreateClusterRequest()
	body, _ := json.Marshal(map[string]any{
		"name": "go", "region_id": at.region, "cluster_type": "ManagedKubernetes", "profile": "Default",
		"vpcid": at.vpc, "vswitch_ids": []string{at.vSwitch},
		"container_cidr": "10.0.0.0/16", "service_cidr": "172.16.0.0/16", "node_cidr_mask": "26",
		"snat_entry": true, "endpoint_public_access": true,
		"addons": []map[string]string{{"name": "flannel"}},
		"nodepools": []map[string]any{{
			"nodepool_info": map[string]string{"name": "default"},
			"scaling_group": map[string]any{
				"vswitch_ids": []string{at.vSwitch}, "instance_types": []string{"ecs.g7.xlarge"}, "desired_size": 2,
			},
		}},
	})
	create.SetContent(body)
	create.SetContentType(requests.Json)
	created := c.untyped(create)
	c.finish(created["task_id"])
	return created["cluster_id"].(string)
}

func (c *cloud) finish(task any) {
	until("the task", func() bool {
		ask := cs.CreateDescribeTaskInfoRequest()
		ask.TaskId = task.(string)
		return c.untyped(ask)["state"] == "success"
	})
}

// untyped sends a request and takes the answer as it is: this SDK's answers of containers and meshes are years old.
func (c *cloud) untyped(request requests.AcsRequest) map[string]any {
	response := responses.NewCommonResponse()
	c.must(request, response)
	var answer map[string]any
	if err := json.Unmarshal(response.GetHttpContentBytes(), &answer); err != nil {
		panic(err)
	}
	return answer
}

// authorize opens the group, and tells whether the rule reads back.
func (c *cloud) authorize(region, group, block string) bool {
	open := ecs.CreateAuthorizeSecurityGroupRequest()
	open.RegionId, open.SecurityGroupId = region, group
	open.Permissions = &[]ecs.AuthorizeSecurityGroupPermissions{
		{IpProtocol: "ALL", PortRange: "-1/-1", SourceCidrIp: block},
	}
	c.must(open, ecs.CreateAuthorizeSecurityGroupResponse())
	ask := ecs.CreateDescribeSecurityGroupAttributeRequest()
	ask.RegionId, ask.SecurityGroupId, ask.Direction = region, group, "ingress"
	answer := ecs.CreateDescribeSecurityGroupAttributeResponse()
	c.must(ask, answer)
	for _, rule := range answer.Permissions.Permission {
		if rule.SourceCidrIp == block && rule.IpProtocol == "ALL" && rule.PortRange == "-1/-1" {
			return true
		}
	}
	return false
}

func (c *cloud) removeCluster(id string) {
	remove := cs.CreateDeleteClusterRequest()
	remove.ClusterId = id
	c.finish(c.untyped(remove)["task_id"])
}

// second is terraform's other client of the Container Service: it polls states, and reads a missing cluster's code.
func second(where sandbox, cluster string) (state, group, code string) {
	client := aliyungo.NewClient(where.AccessKeyID, where.AccessKeySecret)
	client.SetEndpoint("https://" + where.Authority)
	var found aliyungo.ClusterType
	describe := func(id string) error {
		return client.Invoke("cn-hangzhou", "GET", "/clusters/"+id, nil, nil, &found)
	}
	err := describe("c00000000000000000000000000000000")
	if missing, ok := err.(*common.Error); ok {
		code = fmt.Sprintf("%s %d", missing.Code, missing.StatusCode)
	}
	if err := describe(cluster); err != nil {
		panic(err)
	}
	return string(found.State), found.SecurityGroupID, code
}

// common sends a request of Service Mesh by its name.
func (c *cloud) common(action string, parameters map[string]string) map[string]any {
	request := requests.NewCommonRequest()
	request.Product, request.Version, request.ApiName = "servicemesh", "2020-01-11", action
	request.Method = "POST"
	for name, value := range parameters {
		request.FormParams[name] = value
	}
	request.TransToAcsRequest()
	return c.untyped(request)
}

// mesh creates a mesh in the site's VPC, adds the cluster, removes both; the member's state in between.
func (c *cloud) mesh(at site, cluster string) string {
	vSwitches, _ := json.Marshal([]string{at.vSwitch})
	made := c.common("CreateServiceMesh", map[string]string{
		"RegionId": at.region, "VpcId": at.vpc, "VSwitches": string(vSwitches), "Name": "go",
	})
	id := map[string]string{"ServiceMeshId": made["ServiceMeshId"].(string)}
	member := map[string]string{"ServiceMeshId": id["ServiceMeshId"], "ClusterId": cluster}
	until("the mesh", func() bool {
		detail := c.common("DescribeServiceMeshDetail", id)["ServiceMesh"].(map[string]any)
		return detail["ServiceMeshInfo"].(map[string]any)["State"] == "running"
	})
	c.common("AddClusterIntoServiceMesh", member)
	members := func() []any { return c.common("DescribeClustersInServiceMesh", id)["Clusters"].([]any) }
	state := ""
	until("the member", func() bool {
		state, _ = members()[0].(map[string]any)["State"].(string)
		return state != "starting"
	})
	c.common("RemoveClusterFromServiceMesh", member)
	until("the member to leave", func() bool { return len(members()) == 0 })
	c.common("DeleteServiceMesh", id)
	until("the mesh to go", func() bool { return len(c.common("DescribeServiceMeshes", nil)["ServiceMeshes"].([]any)) == 0 })
	return state
}
