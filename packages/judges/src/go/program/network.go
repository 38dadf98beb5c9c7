package main

import (
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/cbn"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/vpc"
)

// site is one region's VPC with its only vSwitch.
type site struct {
	region, vpc, vSwitch, zone string
}

type network struct {
	cen         string
	here, there site
	routers     []string
	attachments []string
	peer        string
}

func (c *cloud) makeSite(region, vpcBlock, vSwitchBlock, zone string) site {
	create := vpc.CreateCreateVpcRequest()
	create.RegionId = region
	create.CidrBlock = vpcBlock
	create.VpcName = "go " + vpcBlock
	made := vpc.CreateCreateVpcResponse()
	c.must(create, made)
	until("the VPC", func() bool {
		ask := vpc.CreateDescribeVpcAttributeRequest()
		ask.RegionId, ask.VpcId = region, made.VpcId
		answer := vpc.CreateDescribeVpcAttributeResponse()
		c.must(ask, answer)
		return answer.Status == "Available"
	})
	add := vpc.CreateCreateVSwitchRequest()
	add.RegionId, add.VpcId, add.CidrBlock, add.ZoneId = region, made.VpcId, vSwitchBlock, zone
	added := vpc.CreateCreateVSwitchResponse()
	c.must(add, added)
	until("the vSwitch", func() bool {
		ask := vpc.CreateDescribeVSwitchesRequest()
		ask.RegionId, ask.VSwitchId = region, added.VSwitchId
		answer := vpc.CreateDescribeVSwitchesResponse()
		c.must(ask, answer)
		return answer.VSwitches.VSwitch[0].Status == "Available"
	})
	return site{region, made.VpcId, added.VSwitchId, zone}
}

func (c *cloud) makeRouter(cen, region string) string {
	create := cbn.CreateCreateTransitRouterRequest()
	create.CenId, create.RegionId = cen, region
	made := cbn.CreateCreateTransitRouterResponse()
	c.must(create, made)
	until("the transit router", func() bool {
		ask := cbn.CreateListTransitRoutersRequest()
		ask.TransitRouterId, ask.RegionId = made.TransitRouterId, region
		answer := cbn.CreateListTransitRoutersResponse()
		c.must(ask, answer)
		return answer.TransitRouters[0].Status == "Active"
	})
	return made.TransitRouterId
}

func (c *cloud) attach(cen, router string, at site) string {
	create := cbn.CreateCreateTransitRouterVpcAttachmentRequest()
	create.CenId, create.TransitRouterId, create.RegionId, create.VpcId = cen, router, at.region, at.vpc
	create.AutoPublishRouteEnabled = requests.NewBoolean(true)
	create.ZoneMappings = &[]cbn.CreateTransitRouterVpcAttachmentZoneMappings{
		{ZoneId: at.zone, VSwitchId: at.vSwitch},
	}
	made := cbn.CreateCreateTransitRouterVpcAttachmentResponse()
	c.must(create, made)
	until("the attachment", func() bool {
		ask := cbn.CreateListTransitRouterVpcAttachmentsRequest()
		ask.CenId, ask.RegionId, ask.TransitRouterAttachmentId = cen, at.region, made.TransitRouterAttachmentId
		answer := cbn.CreateListTransitRouterVpcAttachmentsResponse()
		c.must(ask, answer)
		return answer.TransitRouterAttachments[0].Status == "Attached"
	})
	return made.TransitRouterAttachmentId
}

func (c *cloud) attachPeer(cen, here, there string) string {
	create := cbn.CreateCreateTransitRouterPeerAttachmentRequest()
	create.CenId, create.TransitRouterId, create.PeerTransitRouterId = cen, here, there
	create.RegionId, create.PeerTransitRouterRegionId = "cn-hangzhou", "cn-shanghai"
	create.BandwidthType, create.Bandwidth = "DataTransfer", requests.NewInteger(100)
	made := cbn.CreateCreateTransitRouterPeerAttachmentResponse()
	c.must(create, made)
	until("the link", func() bool {
		ask := cbn.CreateListTransitRouterPeerAttachmentsRequest()
		ask.TransitRouterAttachmentId = made.TransitRouterAttachmentId
		answer := cbn.CreateListTransitRouterPeerAttachmentsResponse()
		c.must(ask, answer)
		row := answer.TransitRouterAttachments[0]
		return row.Status == "Attached" && row.Bandwidth == 100
	})
	return made.TransitRouterAttachmentId
}

func (c *cloud) buildNetwork() network {
	var made network
	c.must(cbn.CreateOpenTransitRouterServiceRequest(), cbn.CreateOpenTransitRouterServiceResponse())
	create := cbn.CreateCreateCenRequest()
	create.Name = "go"
	cen := cbn.CreateCreateCenResponse()
	c.must(create, cen)
	made.cen = cen.CenId
	until("the CEN", func() bool {
		ask := cbn.CreateDescribeCensRequest()
		ask.Filter = &[]cbn.DescribeCensFilter{{Key: "CenId", Value: &[]string{cen.CenId}}}
		answer := cbn.CreateDescribeCensResponse()
		c.must(ask, answer)
		return answer.Cens.Cen[0].Status == "Active"
	})
	made.here = c.makeSite("cn-hangzhou", "20.0.0.0/8", "20.0.0.0/16", "cn-hangzhou-h")
	made.there = c.makeSite("cn-shanghai", "21.0.0.0/8", "21.0.0.0/16", "cn-shanghai-b")
	for _, at := range []site{made.here, made.there} {
		router := c.makeRouter(cen.CenId, at.region)
		made.routers = append(made.routers, router)
		made.attachments = append(made.attachments, c.attach(cen.CenId, router, at))
	}
	made.peer = c.attachPeer(cen.CenId, made.routers[0], made.routers[1])
	return made
}

func (c *cloud) removeNetwork(made network) {
	for _, id := range made.attachments {
		c.gone(func() requests.AcsRequest {
			remove := cbn.CreateDeleteTransitRouterVpcAttachmentRequest()
			remove.TransitRouterAttachmentId = id
			return remove
		}, cbn.CreateDeleteTransitRouterVpcAttachmentResponse())
	}
	c.gone(func() requests.AcsRequest {
		remove := cbn.CreateDeleteTransitRouterPeerAttachmentRequest()
		remove.TransitRouterAttachmentId = made.peer
		return remove
	}, cbn.CreateDeleteTransitRouterPeerAttachmentResponse())
	for _, id := range made.routers {
		c.gone(func() requests.AcsRequest {
			remove := cbn.CreateDeleteTransitRouterRequest()
			remove.TransitRouterId = id
			return remove
		}, cbn.CreateDeleteTransitRouterResponse())
	}
	c.gone(func() requests.AcsRequest {
		remove := cbn.CreateDeleteCenRequest()
		remove.CenId = made.cen
		return remove
	}, cbn.CreateDeleteCenResponse())
	for _, at := range []site{made.here, made.there} {
		c.gone(func() requests.AcsRequest {
			remove := vpc.CreateDeleteVSwitchRequest()
			remove.RegionId, remove.VSwitchId = at.region, at.vSwitch
			return remove
		}, vpc.CreateDeleteVSwitchResponse())
		c.gone(func() requests.AcsRequest {
			remove := vpc.CreateDeleteVpcRequest()
			remove.RegionId, remove.VpcId = at.region, at.vpc
			return remove
		}, vpc.CreateDeleteVpcResponse())
	}
}
