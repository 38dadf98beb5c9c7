import { below } from '../random';
import type { RandomSource, RetryPolicy } from '../types';
import type { HostChoice, LoadBalancer } from './loadBalancer';

/** Envoy's response flags the model knows: none, UH, UF, UT, UO, UC. */
export type ResponseFlag = '-' | 'UH' | 'UF' | 'UT' | 'UO' | 'UC';

/** `host_selection_retry_max_attempts` as Istio sets it. */
const HOST_SELECTION_RETRIES = 5;
/** `update_frequency` of `previous_priorities` as Istio sets it. */
const PRIORITY_UPDATE_FREQUENCY = 2;
const BACKOFF_BASE_MS = 25;
const BACKOFF_MAX_MS = 250;

/** What one request remembers from attempt to attempt: Envoy's retry state with Istio's two retry plugins. */
export class RetryState {
  private readonly tried = new Set<string>();
  private priorities: number[] = [];
  private avoid = new Set<number>();
  private made = 0;

  constructor(private readonly policy: RetryPolicy) {}

  /**
   * Chooses a host. A retry draws again, up to five times, while it meets hosts it has tried (`previous_hosts`), and
   * leaves priorities it has tried (`previous_priorities`) if the route says so.
   */
  choose(balancer: LoadBalancer, hash?: bigint): HostChoice | undefined {
    if (
      this.policy.remoteLocalities &&
      this.priorities.length > 0 &&
      this.priorities.length % PRIORITY_UPDATE_FREQUENCY === 0
    ) {
      this.avoid = new Set(this.priorities);
      if (!balancer.hasPriorityBeside(this.avoid)) {
        this.avoid.clear();
        this.priorities = [];
      }
    }
    const at = (attempt: number) =>
      balancer.choose(
        this.avoid,
        hash === undefined ? undefined : { hash, attempt },
      );
    let choice = at(0);
    for (
      let draw = 0;
      choice &&
      this.tried.has(choice.endpoint.key) &&
      draw < HOST_SELECTION_RETRIES;
      draw++
    ) {
      choice = at(draw + 1);
    }
    if (choice) {
      this.tried.add(choice.endpoint.key);
      this.priorities.push(choice.priority);
    }
    return choice;
  }

  /** Whether the outcome of an attempt asks for another one that the policy still allows. */
  wantsAnother(flag: ResponseFlag, status: number): boolean {
    return (
      this.made < this.policy.attempts && isRetriable(flag, status, this.policy)
    );
  }

  /** Milliseconds to wait before the next attempt: jittered, exponential. */
  backoff(random: RandomSource): number {
    const ceiling = Math.min(BACKOFF_BASE_MS * 2 ** this.made, BACKOFF_MAX_MS);
    this.made++;
    return below(random, ceiling);
  }
}

function isRetriable(
  flag: ResponseFlag,
  status: number,
  policy: RetryPolicy,
): boolean {
  switch (flag) {
    case 'UO':
    case 'UH':
      return false;
    case 'UF':
      return (
        policy.connectFailure ||
        policy.on5xx ||
        policy.onGatewayError ||
        policy.onReset === true
      );
    case 'UC':
    case 'UT':
      return policy.on5xx || policy.onGatewayError || policy.onReset === true;
    default:
      return (
        (policy.on5xx && status >= 500) ||
        (policy.onGatewayError && status >= 502 && status <= 504) ||
        policy.statusCodes.includes(status)
      );
  }
}
