/** How a lost region looks from outside: connections hang, or are refused and reset. */
export type OutageMode = 'hanging' | 'gone';

export const OUTAGE_MODES: readonly OutageMode[] = ['hanging', 'gone'];

/** The outages of whole regions, as those see them who serve for regions. */
export interface Outages {
  /** Undefined while the region is up. */
  mode(region: string): OutageMode | undefined;
  /** Calls `back` once when the region is up again; returns the unsubscriber. */
  whenBack(region: string, back: () => void): () => void;
}
