/** Answers of the cloud are as they come on the wire: the flow looks at single fields. */
export type Answer = any;

/** API versions of the RPC products that the guide uses. */
export const RPC_VERSIONS = {
  vpc: '2016-04-28',
  ecs: '2014-05-26',
  cbn: '2017-09-12',
  servicemesh: '2020-01-11',
  sts: '2015-04-01',
};

export type RpcProductName = keyof typeof RPC_VERSIONS;

/** Operations of the Container Service that the guide uses, with method and path; `:id` takes the resource's id. */
export const CS_OPERATIONS = {
  CreateCluster: ['POST', '/clusters'],
  DescribeClusterDetail: ['GET', '/clusters/:id'],
  DescribeTaskInfo: ['GET', '/tasks/:id'],
  DescribeClusterNodes: ['GET', '/clusters/:id/nodes'],
  DescribeClusterResources: ['GET', '/clusters/:id/resources'],
  DescribeClusterUserKubeconfig: ['GET', '/k8s/:id/user_config'],
  DeleteCluster: ['DELETE', '/clusters/:id'],
} as const;

export type CsOperation = keyof typeof CS_OPERATIONS;

/** One of the cloud's official client libraries behind an interface in the wire's own terms. */
export interface OfficialClient {
  rpc(
    product: RpcProductName,
    action: string,
    parameters?: Record<string, unknown>,
  ): Promise<Answer>;
  /** `input` is the body of a POST and the query of anything else. */
  cs(
    operation: CsOperation,
    id?: string,
    input?: Record<string, unknown>,
  ): Promise<Answer>;
}

/** Where the client connects to, and as whom. */
export interface Connection {
  /** With scheme. */
  endpoint: string;
  accessKeyId: string;
  accessKeySecret: string;
  /** PEM of the authority to trust, for an https endpoint. */
  ca?: string;
}

/** The cloud's error code, wherever the library puts it. */
export function codeOf(error: unknown): string {
  const { code, result } = error as {
    code?: string;
    result?: { code?: string };
  };
  const found = code || result?.code;
  // What carries no code did not come from the cloud.
  if (!found) throw error;
  return found;
}
