/** Channel of Backstage's signals on which pages learn that meshes changed. */
export const SIGNAL_CHANNEL = 'mesh-dr';

/** What is sent on the channel, at most twice a second. */
export interface MeshSignal {
  meshIds: string[];
}
