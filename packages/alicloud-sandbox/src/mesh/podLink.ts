import type { Destination, Network } from './network';
import type { Origin } from './telemetry';
import type { DataPlaneTime, HttpRequest, HttpResponse, Link } from './types';

/** Linux sends unacknowledged data again after 0.2, 0.4, … s, at most every 120 s, and breaks off after 15 times. */
const FIRST_RETRANSMISSION_MS = 200;
const LAST_RETRANSMISSION_MS = 120_000;
const RETRANSMISSIONS = 15;

/**
 * An open connection from a pod to another. While its packets vanish it stays open and requests on it hang, which is
 * what makes a lost region worse than a refused connection; what comes back within a quarter of an hour goes on.
 */
export class PodLink implements Link {
  constructor(
    private readonly network: Network,
    private readonly time: DataPlaneTime,
    private readonly from: Origin,
    private readonly to: Destination & { uid: string },
  ) {}

  isOpen(): boolean {
    return this.network.peer(this.from, this.to) !== 'gone';
  }

  async exchange(
    request: HttpRequest,
    signal?: AbortSignal,
  ): Promise<HttpResponse | 'reset'> {
    const peer = await this.reached(signal);
    if (peer === 'reset') {
      return peer;
    }
    if (peer.roundTripMs > 0) {
      await this.time.sleep(peer.roundTripMs, signal);
    }
    const begun = this.time.now();
    const answer = await this.network.answer(
      peer.pod,
      this.to.port,
      request,
      signal,
    );
    if (answer !== 'reset') {
      this.network.answered({
        pod: peer.pod,
        port: this.to.port,
        from: this.from,
        status: answer.status,
        durationMs: this.time.now() - begun,
      });
    }
    // The way back may be lost meanwhile, or the process gone.
    return (await this.reached(signal)) === 'reset' ? 'reset' : answer;
  }

  private async reached(signal?: AbortSignal) {
    let wait = FIRST_RETRANSMISSION_MS;
    for (let sent = 0; sent <= RETRANSMISSIONS; sent++) {
      const peer = this.network.peer(this.from, this.to);
      if (peer === 'gone') {
        return 'reset';
      }
      if (peer !== 'lost') {
        return peer;
      }
      await this.time.sleep(wait, signal);
      wait = Math.min(wait * 2, LAST_RETRANSMISSION_MS);
    }
    return 'reset';
  }
}
