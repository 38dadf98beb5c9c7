/** Channel of Backstage's signals on which pages learn what changed. */
export const SIGNAL_CHANNEL = 'mesh-dr';

/** What is sent on the channel, at most twice a second: names only, which say nothing to whoever may not read the rest. */
export interface MeshSignal {
  /** Meshes of which anything changed: topology, rules, changes, shifts, members. */
  meshIds: string[];
  /** Names of environments that were reported, compared with the cloud, or forgotten. */
  environments: string[];
}
