import type {
  ClusterFacts,
  DeploymentFacts,
  Freshness,
  NodeFacts,
  PodFacts,
  ServiceFacts,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { KubernetesConnection } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { ConnectionState } from './connectionState';
import {
  projectDeployment,
  projectNode,
  projectPod,
  projectService,
} from './projections';
import { WatchedStore } from './WatchedStore';

/** Pods that are gone stay known this long, so that an answer of a moment ago finds its region. */
const REMEMBER_MS = 10 * 60_000;
const REMEMBER_MAX = 5_000;

/** The facts of a cluster without what they are about. */
export type ClusterContent = Pick<
  ClusterFacts,
  'pods' | 'services' | 'deployments' | 'nodes'
>;

/** One member cluster as seen through its API server. */
export class ClusterWatch {
  private readonly controller = new AbortController();
  private readonly connection: ConnectionState;
  private readonly pods: WatchedStore<PodFacts>;
  private readonly services: WatchedStore<ServiceFacts>;
  private readonly deployments: WatchedStore<DeploymentFacts>;
  private readonly nodes: WatchedStore<NodeFacts>;
  /** Goes up whenever a fact changes. */
  revision = 0;
  private readonly gone: { pod: PodFacts; at: number }[] = [];

  constructor(
    private readonly identity: { id: string; name: string; region: string },
    connection: KubernetesConnection,
    onChange: () => void,
    kept?: { observedAt: string; content: ClusterContent },
  ) {
    this.connection = new ConnectionState(
      () => [this.pods, this.services, this.deployments, this.nodes],
      kept,
    );
    const handlers = {
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
    this.pods = new WatchedStore({
      ...handlers,
      project: projectPod,
      onGone: pod => this.remember(pod),
    });
    this.services = new WatchedStore({ ...handlers, project: projectService });
    this.deployments = new WatchedStore({
      ...handlers,
      project: projectDeployment,
    });
    this.nodes = new WatchedStore({ ...handlers, project: projectNode });

    if (kept) {
      this.pods.seed(kept.content.pods);
      this.services.seed(kept.content.services);
      this.deployments.seed(kept.content.deployments);
      this.nodes.seed(kept.content.nodes);
    }

    const { signal } = this.controller;
    const core = (plural: string) => ({ apiVersion: 'v1', plural });
    this.nodes.start(connection, core('nodes'), signal);
    this.services.start(connection, core('services'), signal);
    this.deployments.start(
      connection,
      { apiVersion: 'apps/v1', plural: 'deployments' },
      signal,
    );
    this.pods.start(connection, core('pods'), signal);
  }

  get freshness(): Freshness {
    return this.connection.freshness;
  }

  facts(): ClusterFacts {
    return {
      ...this.identity,
      freshness: this.freshness,
      ...this.content(),
    };
  }

  /** The facts as they are written down for the next start. */
  content(): ClusterContent {
    return {
      pods: this.pods.values(),
      services: this.services.values(),
      deployments: this.deployments.values(),
      nodes: this.nodes.values(),
    };
  }

  /** Pods present now, and those that were in the last minutes. */
  recentPods(): PodFacts[] {
    const since = Date.now() - REMEMBER_MS;
    return [
      ...this.pods.values(),
      ...this.gone.filter(({ at }) => at >= since).map(({ pod }) => pod),
    ];
  }

  stop(): void {
    this.controller.abort();
  }

  private remember(pod: PodFacts): void {
    this.gone.push({ pod, at: Date.now() });
    if (this.gone.length > REMEMBER_MAX) {
      this.gone.splice(0, this.gone.length - REMEMBER_MAX);
    }
  }
}
