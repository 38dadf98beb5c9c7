import { AlicloudError } from './errors';
import { localityParameters, readLocality } from './meshLocality';
import { gone } from './pages';
import {
  asObject,
  embedded,
  flag,
  integer,
  objects,
  optionalText,
  tagList,
  tags,
  text,
  texts,
  type Json,
  type JsonObject,
} from './shape';
import type { AlicloudTransport } from './transport';
import type { AsmApi, MeshMember, ServiceMesh } from './types';

/** Creating a mesh checks networks and quotas before it answers. */
const CREATE_DEADLINE_MS = 60_000;

const CANDIDATES_PER_PAGE = 100;

/** ASM (servicemesh 2020-01-11): one central endpoint, no ClientToken anywhere. */
export function createAsmApi(transport: AlicloudTransport): AsmApi {
  const describeServiceMeshes: AsmApi['describeServiceMeshes'] = async o => {
    const answer = await transport.rpc(
      { product: 'servicemesh', operation: 'DescribeServiceMeshes' },
      o,
    );
    return objects(answer.ServiceMeshes).map(serviceMesh);
  };

  return {
    describeServiceMeshes,

    async describeVersions(o) {
      const answer = await transport.rpc(
        { product: 'servicemesh', operation: 'DescribeVersions' },
        o,
      );
      return objects(answer.VersionInfo).map(info => ({
        edition: text(info.Edition),
        versions: texts(info.Versions),
      }));
    },

    async createServiceMesh(p, o) {
      const answer = await transport.rpc(
        {
          product: 'servicemesh',
          operation: 'CreateServiceMesh',
          resource: `mesh ${p.name}`,
          params: {
            RegionId: p.regionId,
            Name: p.name,
            VpcId: p.vpcId,
            // JSON text, not a repeat list.
            VSwitches: JSON.stringify(p.vSwitchIds),
            IstioVersion: p.istioVersion,
            Edition: p.edition,
            ClusterSpec: p.clusterSpec,
            ApiServerPublicEip: p.apiServerPublicEip,
            Tag: tagList(p.tags),
          },
        },
        { deadlineMs: CREATE_DEADLINE_MS, ...o },
      );
      return { serviceMeshId: text(answer.ServiceMeshId) };
    },

    async describeServiceMesh(p, o) {
      let detail: JsonObject;
      try {
        const answer = await transport.rpc(
          {
            product: 'servicemesh',
            operation: 'DescribeServiceMeshDetail',
            resource: `mesh ${p.serviceMeshId}`,
            params: { ServiceMeshId: p.serviceMeshId },
          },
          o,
        );
        detail = asObject(answer.ServiceMesh);
      } catch (error) {
        if (!(error instanceof AlicloudError)) throw error;
        if (error.notFound) return undefined;
        // A mesh that is gone may be refused instead (as the Terraform provider reads it); then the list decides.
        if (!mayMeanGone(error)) throw error;
        const listed = await describeServiceMeshes(o).catch(() => {
          throw error;
        });
        if (listed.some(other => other.serviceMeshId === p.serviceMeshId)) {
          throw error;
        }
        return undefined;
      }
      const mesh = serviceMesh(detail);
      if (!mesh.serviceMeshId) return undefined;
      mesh.locality = readLocality(asObject(asObject(detail.Spec).MeshConfig));
      const tagged = 'Tag' in detail || 'Tags' in detail;
      if (!tagged && !p.untagged) {
        // Only the list operation is documented to tell the tags.
        const listed = await describeServiceMeshes(o);
        mesh.tags =
          listed.find(other => other.serviceMeshId === mesh.serviceMeshId)
            ?.tags ?? {};
      }
      return mesh;
    },

    deleteServiceMesh: (p, o) =>
      gone(
        transport.rpc(
          {
            product: 'servicemesh',
            operation: 'DeleteServiceMesh',
            resource: `mesh ${p.serviceMeshId}`,
            params: { ServiceMeshId: p.serviceMeshId, Force: p.force },
          },
          o,
        ),
      ),

    async addCluster(p, o) {
      await transport.rpc(
        {
          product: 'servicemesh',
          operation: 'AddClusterIntoServiceMesh',
          resource: `cluster ${p.clusterId} into mesh ${p.serviceMeshId}`,
          params: {
            ServiceMeshId: p.serviceMeshId,
            ClusterId: p.clusterId,
            IgnoreNamespaceCheck: p.ignoreNamespaceCheck,
          },
        },
        o,
      );
    },

    removeCluster: (p, o) =>
      gone(
        transport.rpc(
          {
            product: 'servicemesh',
            operation: 'RemoveClusterFromServiceMesh',
            resource: `cluster ${p.clusterId} from mesh ${p.serviceMeshId}`,
            params: {
              ServiceMeshId: p.serviceMeshId,
              ClusterId: p.clusterId,
            },
          },
          o,
        ),
      ),

    async describeMembers(p, o) {
      const answer = await transport.rpc(
        {
          product: 'servicemesh',
          operation: 'DescribeClustersInServiceMesh',
          resource: `mesh ${p.serviceMeshId}`,
          params: { ServiceMeshId: p.serviceMeshId },
        },
        o,
      );
      return objects(answer.Clusters).map(member);
    },

    async describeCandidates(p, o) {
      const found: JsonObject[] = [];
      for (;;) {
        const answer = await transport.rpc(
          {
            product: 'servicemesh',
            operation: 'DescribeServiceMeshClusters',
            resource: `mesh ${p.serviceMeshId}`,
            params: {
              ServiceMeshId: p.serviceMeshId,
              Limit: CANDIDATES_PER_PAGE,
              Offset: found.length,
            },
          },
          o,
        );
        const part = objects(answer.Clusters);
        found.push(...part);
        const total = integer(answer.NumberOfClusters);
        if (part.length === 0 || found.length >= total) break;
      }
      return found.map(candidate => ({
        ...member(candidate),
        forbiddenFlag: integer(candidate.ForbiddenFlag),
        forbiddenInfo: optionalText(candidate.ForbiddenInfo),
        serviceMeshId: optionalText(candidate.ServiceMeshId),
      }));
    },

    async meshKubeconfig(p, o) {
      const answer = await transport.rpc(
        {
          product: 'servicemesh',
          operation: 'DescribeServiceMeshKubeconfig',
          resource: `mesh ${p.serviceMeshId}`,
          params: {
            ServiceMeshId: p.serviceMeshId,
            PrivateIpAddress: p.privateIpAddress,
          },
        },
        o,
      );
      return {
        yaml: text(answer.Kubeconfig),
        expiresAt: optionalText(answer.ExpireTime),
      };
    },

    async updateLocality(p, o) {
      await transport.rpc(
        {
          product: 'servicemesh',
          operation: 'UpdateMeshFeature',
          resource: `mesh ${p.serviceMeshId}`,
          params: localityParameters(p.serviceMeshId, p.setting),
        },
        o,
      );
    },
  };
}

function mayMeanGone({ code, statusCode }: AlicloudError): boolean {
  return statusCode === 403 || /^(StatusForbidden|403|500|503)$/.test(code);
}

/** A state in lower case; whatever ends in `failed` or `error` is `failed`, because the values are not documented. */
function stateOf(value: Json | undefined): string {
  const state = text(value).trim().toLowerCase();
  return /(fail|failed|error)$/.test(state) ? 'failed' : state;
}

function serviceMesh(answer: JsonObject): ServiceMesh {
  const info = asObject(answer.ServiceMeshInfo);
  const endpoints = asObject(answer.Endpoints);
  const spec = asObject(answer.Spec);
  const network = asObject(spec.Network);
  return {
    serviceMeshId: text(info.ServiceMeshId),
    name: text(info.Name),
    regionId: text(info.RegionId),
    state: stateOf(info.State),
    version: text(info.Version),
    errorMessage: optionalText(info.ErrorMessage),
    vpcId: text(network.VpcId),
    vSwitchIds: texts(embedded(network.VSwitches)),
    clusterIds: texts(answer.Clusters),
    apiServerPublicEip: flag(asObject(spec.LoadBalancer).ApiServerPublicEip),
    publicApiServerEndpoint: optionalText(endpoints.PublicApiServerEndpoint),
    intranetApiServerEndpoint: optionalText(
      endpoints.IntranetApiServerEndpoint,
    ),
    securityGroupId: optionalText(network.SecurityGroupId),
    tags: tags(answer.Tag ?? answer.Tags),
  };
}

function member(answer: JsonObject): MeshMember {
  return {
    clusterId: text(answer.ClusterId),
    name: text(answer.Name),
    regionId: text(answer.RegionId),
    state: stateOf(answer.State),
    errorMessage: optionalText(answer.ErrorMessage),
    version: text(answer.Version),
    vpcId: text(answer.VpcId),
    securityGroupId: optionalText(answer.SgId),
  };
}
