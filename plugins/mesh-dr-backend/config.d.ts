import { HumanDuration } from '@backstage/types';

export interface Config {
  meshDr?: {
    fleet?: {
      /**
       * How often meshes and their members are read from the ASM API. Default: 1 minute. Workloads and rules are
       * watched and do not wait for it.
       */
      refreshInterval?: HumanDuration | string;
    };
    membership?: {
      /** How often a join or leave in progress is looked at. Default: 2 seconds. */
      pollInterval?: HumanDuration | string;
      /** After this time without a verdict of ASM a join or leave counts as failed. Default: 15 minutes. */
      timeout?: HumanDuration | string;
    };
    approval?: {
      /**
       * Which rule changes wait for a second person: none, those of a whole mesh, or all.
       * Default: never.
       */
      required?: 'never' | 'mesh' | 'always';
      /** A change that nobody approved within this time expires. Default: 30 minutes. */
      validFor?: HumanDuration | string;
      /**
       * Users and groups that are notified of every change that waits, beside the owners of the service, e.g.
       * `group:default/approvers`. Who may approve is decided by permissions, not here.
       */
      approvers?: string[];
    };
    guardrails?: {
      /**
       * Least time between two changes that concern the same services: those of one service, and mesh-wide ones. Up to 15
       * seconds of it are waited for, more is refused. Rolling back never waits. Default: 5 seconds.
       */
      waitPeriod?: HumanDuration | string;
      /**
       * How many times the calls of the busiest pod of now a pod may get after a change; more is refused. At least 1.
       * Default: 2, which lets one of two equal regions take over for the other.
       */
      maxLoadFactor?: number;
      /**
       * When rules stay as they are. Either `from` and `to` (moments with an offset), or `weekdays` with `start`, `end` and
       * `timezone`. Rolling back stays possible.
       */
      freezeWindows?: {
        /** Shown to whoever is refused. */
        reason: string;
        /** Example: `2026-11-10T00:00:00+08:00`. */
        from?: string;
        to?: string;
        /** Days on which the window begins, e.g. `[saturday, sunday]`. */
        weekdays?: string[];
        /** Time of day, default `00:00`. */
        start?: string;
        /** Default `24:00`; an end before the start lies on the next day. */
        end?: string;
        /** Default `UTC`. Example: `Asia/Shanghai`. */
        timezone?: string;
      }[];
    };
    breakGlass?: {
      /**
       * Ed25519 private key as PEM (`openssl genpkey -algorithm ed25519`) that signs break-glass bundles, so that whoever
       * holds the public key can tell in the emergency that a bundle is the portal's and was not changed.
       *
       * @visibility secret
       */
      signingKey?: string;
    };
    /** What stands in front of the ingress gateways, of which the portal sees nothing else. */
    entry?: {
      /** Id or name of the mesh; left out: every mesh. */
      mesh?: string;
      /** Names that clients call; where they resolve to is looked at every minute. */
      hosts?: string[];
      /**
       * What takes clients to another region when their gateway is lost, in a few words, or `none`. A component's
       * annotation `mesh-dr.io/entry-failover` goes before it.
       */
      failover?: string;
    }[];
    metrics?: {
      /** Where Istio's request metrics are; the first entry that fits a mesh is asked. */
      prometheus?: {
        /** Id or name of the mesh; left out: every mesh. */
        mesh?: string;
        /** Base URL of the Prometheus HTTP API, without `/api/v1`; ARMS's works. */
        url: string;
        /**
         * Value of the `Authorization` header, e.g. `Basic …`.
         *
         * @visibility secret
         */
        authorization?: string;
      }[];
    };
    probes?: {
      /**
       * Connects verification requests elsewhere, as curl's --connect-to does: `host:port:newHost:newPort`. The host
       * may be a CIDR block; an empty host or port matches any; an empty new host or port keeps the original.
       * Example: `127.77.0.0/16:80::18080`.
       */
      connectTo?: string[];
      /** Response header that names the region which answered, when the applications set one. */
      regionHeader?: string;
    };
  };
}
