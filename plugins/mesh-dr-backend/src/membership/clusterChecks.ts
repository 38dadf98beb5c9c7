import type { AckCluster } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { uncovered } from './cidr';
import { partyOf, type PreflightFacts } from './facts';
import { failed, passed, unknown, warning, type Check } from './outcome';

/** Oldest Kubernetes minor that current ASM releases accept. */
const OLDEST_KUBERNETES_MINOR = 21;

const REGION_LABEL = 'topology.kubernetes.io/region';

export const clusterRunning: Check = {
  id: 'cluster-running',
  title: 'The cluster is running',
  async run(facts) {
    const cluster = await facts.cluster();
    return cluster.state === 'running'
      ? passed(`${cluster.name} in ${cluster.regionId} is running`)
      : failed(
          `${cluster.name} in ${cluster.regionId} is ${cluster.state}`,
          'Wait until the cluster is running, or repair it in the ACK console',
        );
  },
};

/** Each cluster lets the pods of the others in: pod CIDR under Flannel, vSwitches under Terway. */
export const securityGroups: Check = {
  id: 'security-groups',
  title: 'Security groups admit the other clusters',
  async run(facts) {
    const cluster = await facts.cluster();
    const others = await facts.otherMembers();
    if (others.length === 0) {
      return passed('There is no other member cluster yet whose pods call');
    }
    const pairs = others.flatMap(other => [
      { guard: cluster, caller: other },
      { guard: other, caller: cluster },
    ]);
    const missing = (
      await Promise.all(
        pairs.map(async ({ guard, caller }) => {
          const wanted = await podRanges(facts, caller);
          const rules = await facts.securityRules(
            guard.regionId,
            guard.securityGroupId,
          );
          const admitted = rules
            .filter(
              rule =>
                rule.direction === 'ingress' &&
                /^accept$/i.test(rule.policy) &&
                /^(all|tcp)$/i.test(rule.ipProtocol) &&
                ['-1/-1', '1/65535'].includes(rule.portRange),
            )
            .map(({ sourceCidrIp }) => sourceCidrIp);
          return uncovered(wanted, admitted).map(cidr => ({
            securityGroupId: guard.securityGroupId,
            region: guard.regionId,
            cluster: guard.name,
            caller: caller.name,
            cidr,
          }));
        }),
      )
    ).flat();
    return missing.length > 0
      ? failed(
          missing
            .map(
              rule =>
                `${rule.securityGroupId} of ${rule.cluster} does not admit ${rule.cidr} of ${rule.caller}`,
            )
            .join('; '),
          missing
            .map(
              rule =>
                `Add an ingress rule to ${rule.securityGroupId}: all protocols from ${rule.cidr}`,
            )
            .join('; '),
          { kind: 'admit-ranges', rules: missing },
        )
      : passed(
          `${[cluster, ...others]
            .map(({ securityGroupId }) => securityGroupId)
            .join(', ')} admit each other's pods`,
        );
  },
};

async function podRanges(
  facts: PreflightFacts,
  cluster: AckCluster,
): Promise<string[]> {
  if (cluster.networkPlugin !== 'terway' && cluster.containerCidr) {
    return [cluster.containerCidr];
  }
  const vSwitches = await facts.vSwitches(partyOf(cluster));
  return vSwitches
    .filter(
      ({ vSwitchId }) =>
        cluster.vSwitchIds.length === 0 ||
        cluster.vSwitchIds.includes(vSwitchId),
    )
    .map(({ cidrBlock }) => cidrBlock);
}

/** ASM needs the intranet address; the portal needs an address that it can reach itself. */
export const apiServerReachable: Check = {
  id: 'api-server-reachable',
  title: 'The API server can be reached',
  async run(facts) {
    const cluster = await facts.cluster();
    const intranet = cluster.intranetApiServerEndpoint;
    if (!intranet && !cluster.apiServerEndpoint) {
      return failed(
        `${cluster.name} reports no API server address`,
        'Wait until the cluster is running',
      );
    }
    const inside = intranet
      ? await intranetEvidence(facts, cluster, intranet)
      : 'no intranet address';
    try {
      const { gitVersion } = await facts
        .connection(cluster)
        .version({ signal: facts.abort, deadlineMs: 10_000 });
      return passed(
        `the portal reaches ${cluster.name} (Kubernetes ${gitVersion}); ${inside}`,
      );
    } catch (error) {
      return warning(
        `the portal does not reach the API server of ${cluster.name}: ${
          (error as Error).message
        }; ${inside}`,
        cluster.apiServerEndpoint
          ? 'Joining may work, but the portal cannot watch the cluster: check the network between the portal and the API server'
          : 'The cluster has no public API server address: run the portal inside the CEN, or give the API server a public address (endpoint_public_access)',
      );
    }
  },
};

async function intranetEvidence(
  facts: PreflightFacts,
  cluster: AckCluster,
  endpoint: string,
): Promise<string> {
  const { hostname } = new URL(
    endpoint.includes('://') ? endpoint : `https://${endpoint}`,
  );
  const vSwitches = await facts.vSwitches(partyOf(cluster));
  const home = vSwitches.find(
    ({ cidrBlock }) => uncovered([hostname], [cidrBlock]).length === 0,
  );
  return home
    ? `intranet address ${hostname} lies in vSwitch ${
        home.vSwitchName || home.vSwitchId
      } (${home.cidrBlock}), which the routes above reach`
    : `intranet address ${hostname}`;
}

export const versionCompatible: Check = {
  id: 'version-compatible',
  title: 'Kubernetes and ASM versions fit',
  async run(facts) {
    const cluster = await facts.cluster();
    const minor = /^v?1\.(\d+)/.exec(cluster.currentVersion)?.[1];
    if (minor === undefined) {
      return unknown(
        `the Kubernetes version of ${cluster.name} reads '${cluster.currentVersion}'`,
        'Look the version up in the ACK console and compare it with the ASM release notes',
      );
    }
    return Number(minor) >= OLDEST_KUBERNETES_MINOR
      ? passed(
          `Kubernetes ${cluster.currentVersion} with ASM ${facts.mesh.version}`,
        )
      : failed(
          `Kubernetes ${cluster.currentVersion} is older than 1.${OLDEST_KUBERNETES_MINOR}, the oldest that ASM ${facts.mesh.version} accepts`,
          'Upgrade the cluster',
        );
  },
};

/** Locality rules work by node labels: a node without a region belongs to no region. */
export const regionLabels: Check = {
  id: 'region-labels',
  title: 'Nodes carry their region',
  async run(facts) {
    const cluster = await facts.cluster();
    const { items } = await facts
      .connection(cluster)
      .list({ apiVersion: 'v1', plural: 'nodes' }, undefined, {
        signal: facts.abort,
        deadlineMs: 10_000,
      });
    if (items.length === 0) {
      return warning(
        `${cluster.name} has no nodes`,
        'Add nodes: pods and gateways have nowhere to run',
      );
    }
    const bare = items.filter(node => !node.metadata.labels?.[REGION_LABEL]);
    if (bare.length > 0) {
      return failed(
        `${bare.length} of ${
          items.length
        } nodes have no label ${REGION_LABEL}: ${bare
          .map(node => node.metadata.name)
          .join(', ')}`,
        `Label the nodes: kubectl label node NAME ${REGION_LABEL}=${cluster.regionId}`,
      );
    }
    const foreign = items.filter(
      node => node.metadata.labels?.[REGION_LABEL] !== cluster.regionId,
    );
    return foreign.length > 0
      ? warning(
          `${foreign
            .map(
              node =>
                `${node.metadata.name} says ${node.metadata.labels?.[REGION_LABEL]}`,
            )
            .join(', ')}, but the cluster is in ${cluster.regionId}`,
          `Correct the label ${REGION_LABEL} of these nodes`,
        )
      : passed(`${items.length} nodes say ${cluster.regionId}`);
  },
};

const FORBIDDEN: Record<number, { what: string; fix: string }> = {
  1: {
    what: 'the credentials are no administrator of the cluster',
    fix: "Give the portal's cloud account the cluster-admin role in the cluster",
  },
  2: {
    what: 'the cluster is in another VPC without a private connection to the mesh',
    fix: 'Connect the VPCs through CEN: see the checks above',
  },
  3: {
    what: 'address ranges conflict',
    fix: 'Create the cluster again with free ranges',
  },
  4: {
    what: 'the cluster has a namespace istio-system already',
    fix: 'Remove the old Istio installation and its namespace istio-system from the cluster',
  },
};

/** ASM's own opinion (DescribeServiceMeshClusters.ForbiddenFlag). */
export const asmPrecheck: Check = {
  id: 'asm-precheck',
  title: "ASM's own pre-check",
  async run(facts) {
    const candidate = (await facts.candidates()).find(
      ({ clusterId }) => clusterId === facts.clusterId,
    );
    if (!candidate) {
      const { state } = await facts.subject();
      return passed(`the cluster is a member already (${state})`);
    }
    if (!candidate.forbiddenFlag) {
      return passed(`ASM has no objection to ${candidate.name}`);
    }
    const reason = FORBIDDEN[candidate.forbiddenFlag];
    return failed(
      `ASM answers ForbiddenFlag ${candidate.forbiddenFlag}: ${
        reason?.what ?? 'a reason this portal does not know'
      }${candidate.forbiddenInfo ? ` ${candidate.forbiddenInfo}` : ''}`,
      reason?.fix ?? 'Look the flag up in the documentation of ASM',
    );
  },
};
