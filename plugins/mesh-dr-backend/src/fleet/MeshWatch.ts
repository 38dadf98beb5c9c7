import type {
  DestinationRuleLike,
  Freshness,
  GatewayLike,
  VirtualServiceLike,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  KubernetesConnection,
  KubernetesObject,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { ConnectionState } from './connectionState';
import { projectIstio } from './projections';
import { WatchedStore } from './WatchedStore';

/** Served by every Istio that ASM offers. */
export const ISTIO_NETWORKING = 'networking.istio.io/v1beta1';

/** The Istio objects of a mesh. */
export interface MeshContent {
  destinationRules: KubernetesObject[];
  virtualServices: KubernetesObject[];
  gateways: KubernetesObject[];
}

/** The rules of one mesh as seen through ASM's API server. */
export class MeshWatch {
  private readonly controller = new AbortController();
  private readonly connection: ConnectionState;
  private readonly rules: WatchedStore<KubernetesObject>;
  private readonly routes: WatchedStore<KubernetesObject>;
  private readonly entrances: WatchedStore<KubernetesObject>;

  /** Goes up whenever an object changes. */
  revision = 0;

  constructor(
    connection: KubernetesConnection,
    onChange: () => void,
    kept?: { observedAt: string; content: MeshContent },
  ) {
    this.connection = new ConnectionState(
      () => [this.rules, this.routes, this.entrances],
      kept,
    );
    const options = {
      project: projectIstio,
      onChange: () => {
        this.revision += 1;
        this.connection.update();
        this.connection.observed();
        onChange();
      },
      onState: () => {
        if (this.connection.update()) onChange();
      },
    };
    this.rules = new WatchedStore(options);
    this.routes = new WatchedStore(options);
    this.entrances = new WatchedStore(options);
    if (kept) {
      this.rules.seed(kept.content.destinationRules);
      this.routes.seed(kept.content.virtualServices);
      this.entrances.seed(kept.content.gateways);
    }
    const start = (store: WatchedStore<KubernetesObject>, plural: string) =>
      store.start(
        connection,
        { apiVersion: ISTIO_NETWORKING, plural },
        this.controller.signal,
      );
    start(this.rules, 'destinationrules');
    start(this.routes, 'virtualservices');
    start(this.entrances, 'gateways');
  }

  get freshness(): Freshness {
    return this.connection.freshness;
  }

  get destinationRules(): DestinationRuleLike[] {
    return this.rules.values() as unknown as DestinationRuleLike[];
  }

  get virtualServices(): VirtualServiceLike[] {
    return this.routes.values() as unknown as VirtualServiceLike[];
  }

  get gateways(): GatewayLike[] {
    return this.entrances.values() as unknown as GatewayLike[];
  }

  /** The objects as they are written down for the next start. */
  content(): MeshContent {
    return {
      destinationRules: this.rules.values(),
      virtualServices: this.routes.values(),
      gateways: this.entrances.values(),
    };
  }

  stop(): void {
    this.controller.abort();
  }
}
