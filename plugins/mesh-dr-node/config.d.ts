export interface Config {
  meshDr?: {
    alicloud?: {
      /**
       * Alibaba Cloud accounts. Without any, one account named `default` uses the default credential chain.
       */
      accounts?: Array<{
        /** Name by which environments and meshes refer to the account. */
        name: string;
        /**
         * Without a key the default credential chain is used: environment variables, OIDC role, configuration file,
         * role of the ECS instance.
         * @visibility secret
         */
        accessKeyId?: string;
        /** @visibility secret */
        accessKeySecret?: string;
        /**
         * Token of temporary (STS) keys.
         * @visibility secret
         */
        securityToken?: string;
        /** Regions in use; the first one answers calls that name none. */
        regions?: string[];
        /**
         * Full URLs that replace the products' default endpoints; `{region}` stands for the region of the call.
         */
        endpoints?: {
          vpc?: string;
          cbn?: string;
          ecs?: string;
          cs?: string;
          servicemesh?: string;
          sts?: string;
        };
      }>;
    };
    /**
     * How the portal reaches the API servers of clusters and meshes: `public` through their Internet addresses,
     * `private` when the portal runs inside the network. Default: public.
     */
    apiServerAccess?: 'public' | 'private';
    kubernetes?: {
      /**
       * API servers at loopback and link-local addresses are refused. Hosts, IP addresses and CIDRs listed here are
       * allowed nevertheless (metadata services never are).
       */
      allowedApiServers?: string[];
      /** Life of the kubeconfigs that are asked for, in minutes, 15 to 4320. Default: 60. */
      kubeconfigMinutes?: number;
    };
  };
}
