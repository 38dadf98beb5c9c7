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
        /**
         * Most calls that begin within any second, by product and region (CEN, ASM, STS: in all regions together);
         * whatever the backend does with the account shares them. One number holds for everything; 0 lifts the limit.
         * Defaults follow what Alibaba Cloud publishes; raise them when its quota centre grants the account more.
         */
        callsPerSecond?:
          | number
          | {
              /** Default: 10 reads and 5 writes. */
              vpc?: { reads?: number; writes?: number };
              /** CEN. Default: 5 reads and 3 writes. */
              cbn?: { reads?: number; writes?: number };
              /** Default: 8 reads and 8 writes. */
              ecs?: { reads?: number; writes?: number };
              /** ACK. Default: 5 reads and 3 writes. */
              cs?: { reads?: number; writes?: number };
              /** ASM. Default: 5 reads and 3 writes. */
              servicemesh?: { reads?: number; writes?: number };
              /** Default: 20 reads and 20 writes. */
              sts?: { reads?: number; writes?: number };
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
