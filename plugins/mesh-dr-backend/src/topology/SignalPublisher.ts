import type { SignalsService } from '@backstage/plugin-signals-node';
import { SIGNAL_CHANNEL } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** Tells open pages what changed, at most once per interval: a rollout changes dozens of pods in a second. */
export class SignalPublisher {
  private readonly pending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly signals: SignalsService,
    private readonly intervalMs = 500,
  ) {}

  meshChanged(meshId: string): void {
    this.pending.add(meshId);
    this.timer ??= setTimeout(() => this.flush(), this.intervalMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.pending.clear();
  }

  private flush(): void {
    this.timer = undefined;
    const meshIds = [...this.pending];
    this.pending.clear();
    // A page that misses a signal still polls; nothing depends on its arrival.
    this.signals
      .publish({
        channel: SIGNAL_CHANNEL,
        recipients: { type: 'broadcast' },
        message: { meshIds },
      })
      .catch(() => {});
  }
}
