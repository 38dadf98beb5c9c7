export interface Config {
  meshDr?: {
    catalog?: {
      /**
       * Directory that `dr:catalog:register` writes entities to, one YAML file each; relative to the backend's working
       * directory. Several backends need a shared one. Default: .mesh-dr/catalog
       */
      directory?: string;
      /** Owner of meshes and clusters that no template made, an entity ref. Default: unknown */
      defaultOwner?: string;
    };
    /** What `dr:kubernetes:apply` may write. */
    kubernetesApply?: {
      /**
       * Allowed kinds: `Kind` for the core group, `group/Kind`, or `group/*`. Default: workloads, Services, ConfigMaps,
       * ServiceAccounts, Namespaces and Istio's traffic kinds.
       */
      kinds?: string[];
      /** Allowed namespaces; `*` allows all. Default: ['*'] */
      namespaces?: string[];
      /**
       * Namespaces that are refused even when allowed above. Default: kube-system, kube-public, kube-node-lease,
       * istio-system
       */
      deniedNamespaces?: string[];
    };
  };
}
