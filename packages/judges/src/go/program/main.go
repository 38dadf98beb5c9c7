// The guide through the Go SDK that terraform and the cloud's own command line build on, over TLS. Reads where the
// sandbox serves from its only argument, and prints one verdict a line.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/cbn"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/cs"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/vpc"
)

func expect(name, actual, expected string) {
	verdict(name, actual == expected, fmt.Sprintf("%s, expected %s", actual, expected))
}

func refusals(c *cloud, made network) {
	inUse := vpc.CreateDeleteVpcRequest()
	inUse.RegionId, inUse.VpcId = made.here.region, made.here.vpc
	expect("a VPC in use", c.refusal(inUse, vpc.CreateDeleteVpcResponse()), "DependencyViolation.VSwitch 400")

	router := cbn.CreateDeleteTransitRouterRequest()
	router.TransitRouterId = made.routers[0]
	expect("a transit router in use", c.refusal(router, cbn.CreateDeleteTransitRouterResponse()),
		"InvalidOperation.AttachedChildInstanceExist 400")

	missing := vpc.CreateDescribeVpcAttributeRequest()
	missing.RegionId, missing.VpcId = "cn-hangzhou", "vpc-none"
	expect("a missing VPC", c.refusal(missing, vpc.CreateDescribeVpcAttributeResponse()), "InvalidVpcID.NotFound 404")

	cluster := cs.CreateDescribeClusterDetailRequest()
	cluster.ClusterId = "c00000000000000000000000000000000"
	// The Container Service writes its errors in lower case, where this SDK finds no code: the status must tell.
	expect("a missing cluster", c.refusal(cluster, cs.CreateDescribeClusterDetailResponse()), " 404")
}

func guide(c *cloud, where sandbox) {
	made := c.buildNetwork()
	verdict("network, CEN, transit routers and a link with bandwidth", true, "")
	cluster := c.buildCluster(made.here)
	verdict("a cluster", true, "")
	state, group, code := second(where, cluster)
	expect("terraform's second client reads the cluster's state", state, "running")
	expect("terraform's second client reads a missing cluster", code, "ErrorClusterNotFound 404")
	verdict("a security group rule reads back", c.authorize(made.here.region, group, "10.1.0.0/16"), group)
	expect("a mesh and its member", c.mesh(made.here, cluster), "running")
	refusals(c, made)
	c.removeCluster(cluster)
	c.removeNetwork(made)
	verdict("everything is deleted in order", true, "")
}

func main() {
	var where sandbox
	if err := json.Unmarshal([]byte(os.Args[1]), &where); err != nil {
		panic(err)
	}
	c, err := connect(where)
	if err != nil {
		panic(err)
	}
	func() {
		defer func() {
			if reason := recover(); reason != nil {
				verdict("ran to its end", false, fmt.Sprintf("%v\n%s", reason, debug.Stack()))
			}
		}()
		guide(c, where)
	}()
	verdict(fmt.Sprintf("the answers of %d operations have the types that the SDK declares", len(c.compared)),
		len(c.faults) == 0, c.listOfFaults())
}
