/** What the calls of one region's callers suffer when a region is lost. */
export interface OutageFailures {
  /** Requests that fail until every proxy has put aside what it may; retries by the route are counted in. */
  first: number;
  /** How long that takes, in seconds; 0 when nothing is learnt. */
  firstSeconds: number;
  /** Percent of the calls that fail in that time. */
  firstPercent: number;
  /** Percent of the calls that go on failing afterwards: sent to what is lost, or answered by nobody. */
  stayingPercent: number;
}

/**
 * Failed requests when all pods of a service in one region answer 500 but stay registered, before and after a change.
 * Expectations for the endpoints as they are now; the same facts give the same figures.
 */
export interface PredictedOutage {
  /** The region lost. */
  region: string;
  /** Requests per second of each calling proxy that the counts assume. */
  requestsPerSecondPerProxy: number;
  callers: {
    callerRegion: string;
    before: OutageFailures;
    after: OutageFailures;
  }[];
}
