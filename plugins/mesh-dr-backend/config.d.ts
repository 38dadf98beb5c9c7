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
