import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  SIGNAL_CHANNEL,
  type MeshSignal,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** Tells open pages what changed, at most once per interval: a rollout changes dozens of pods in a second. */
export class SignalPublisher {
  private readonly meshIds = new Set<string>();
  private readonly environments = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly signals: SignalsService,
    private readonly intervalMs = 500,
  ) {}

  meshChanged(meshId: string): void {
    this.meshIds.add(meshId);
    this.soon();
  }

  environmentChanged(name: string): void {
    this.environments.add(name);
    this.soon();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private soon(): void {
    this.timer ??= setTimeout(() => this.flush(), this.intervalMs);
  }

  private flush(): void {
    this.timer = undefined;
    const message: MeshSignal = {
      meshIds: [...this.meshIds],
      environments: [...this.environments],
    };
    this.meshIds.clear();
    this.environments.clear();
    // A page that misses a signal still polls; nothing depends on its arrival.
    this.signals
      .publish({
        channel: SIGNAL_CHANNEL,
        recipients: { type: 'broadcast' },
        message: { ...message },
      })
      .catch(() => {});
  }
}
