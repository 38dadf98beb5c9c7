/** One thing a judge looked at. */
export interface Verdict {
  name: string;
  ok: boolean;
  /** What was seen, when it was not what was expected; figures when they are worth reading. */
  detail?: string;
}

/**
 * A program that no one here wrote, run against the sandbox: a real Envoy, kubectl, an SDK of another language. Judges
 * need tools that the product does not; where a tool cannot be had the judge is skipped, and says so loudly.
 */
export interface Judge {
  name: string;
  /** One line for the list. */
  description: string;
  /**
   * Finds the tool, or fetches it into the state folder.
   * @returns the reason why the judge cannot sit here, undefined when it can
   */
  unavailable(): Promise<string | undefined>;
  /** Calls `report` for every verdict as it falls. A thrown error counts as one more failure. */
  run(report: (verdict: Verdict) => void): Promise<void>;
}
