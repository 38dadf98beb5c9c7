/**
 * The portal as another program sees it: sign-in, scaffolder, catalog and mesh-dr REST. Nothing here reaches behind
 * those faces.
 */
import { MeshDrClient } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { until } from './until';

export interface TaskEvent {
  type: string;
  createdAt: string;
  body: { message: string; stepId?: string; status?: string; error?: any };
}

export interface TaskResult {
  id: string;
  status: 'completed' | 'failed' | 'cancelled';
  output: Record<string, any>;
  events: TaskEvent[];
}

export class Portal {
  private token = '';
  private tokenFor = '';
  private tokenUntil = 0;

  constructor(readonly url: string, private readonly user: string) {}

  /** Signs in like the sign-in page does, again before the token ends. */
  private async bearer(): Promise<string> {
    if (this.tokenFor !== this.user || Date.now() > this.tokenUntil) {
      const response = await fetch(`${this.url}/api/auth/demo/refresh`, {
        headers: {
          'x-requested-with': 'XMLHttpRequest',
          'x-mesh-dr-demo-user': this.user,
        },
      });
      if (!response.ok) {
        throw new Error(
          `Signing in as ${this.user} failed: ${
            response.status
          } ${await response.text()}`,
        );
      }
      const session = (await response.json()) as any;
      this.token = session.backstageIdentity.token;
      this.tokenFor = this.user;
      this.tokenUntil =
        Date.now() + (session.backstageIdentity.expiresInSeconds ?? 3600) * 500;
    }
    return this.token;
  }

  /** JSON in, JSON out; an error status throws with the server's message. */
  async request(path: string, init: RequestInit = {}): Promise<any> {
    const response = await fetch(`${this.url}${path}`, {
      ...init,
      headers: {
        'content-type': 'application/json',
        ...init.headers,
        authorization: `Bearer ${await this.bearer()}`,
      },
    });
    const text = await response.text();
    const body = text ? JSON.parse(text) : undefined;
    if (!response.ok) {
      throw new Error(
        body?.error?.message ?? `${path} answered ${response.status}: ${text}`,
      );
    }
    return body;
  }

  /** The typed REST client, signed in. */
  get mesh(): MeshDrClient {
    return new MeshDrClient({
      discoveryApi: {
        getBaseUrl: async plugin => `${this.url}/api/${plugin}`,
      },
      fetchApi: {
        fetch: async (input, init) =>
          fetch(input, {
            ...init,
            headers: {
              ...Object.fromEntries(new Headers(init?.headers).entries()),
              authorization: `Bearer ${await this.bearer()}`,
            },
          }),
      },
    });
  }

  /** A catalog entity, as soon as the catalog has read it. */
  entity(kind: string, name: string): Promise<any> {
    return until(
      `${kind} ${name} to be in the catalog`,
      () =>
        this.request(`/api/catalog/entities/by-name/${kind}/default/${name}`),
      60_000,
    );
  }

  /** What the template's form sends when nobody changes anything. */
  async formDefaults(name: string): Promise<Record<string, unknown>> {
    const schema = await this.request(
      `/api/scaffolder/v2/templates/default/template/${name}/parameter-schema`,
    );
    const values: Record<string, unknown> = {};
    for (const step of schema.steps) {
      for (const [key, property] of Object.entries<any>(
        step.schema.properties ?? {},
      )) {
        if (property.default !== undefined) values[key] = property.default;
      }
    }
    return values;
  }

  /** Runs a template with its form's defaults and `values` to its end. A failed task is returned, not thrown. */
  async runTemplate(
    name: string,
    values: Record<string, unknown>,
    options: { timeoutMs?: number; onEvent?: (event: TaskEvent) => void } = {},
  ): Promise<TaskResult> {
    const { id } = await this.request('/api/scaffolder/v2/tasks', {
      method: 'POST',
      body: JSON.stringify({
        templateRef: `template:default/${name}`,
        values: { ...(await this.formDefaults(name)), ...values },
      }),
    });
    const events: TaskEvent[] = [];
    let after = -1;
    const finished = await until(
      `Template ${name} (task ${id}) to finish`,
      async () => {
        const page: any[] = await this.request(
          `/api/scaffolder/v2/tasks/${id}/events?after=${after}`,
        );
        for (const event of page) {
          after = Math.max(after, event.id);
          events.push(event);
          options.onEvent?.(event);
        }
        const task = await this.request(`/api/scaffolder/v2/tasks/${id}`);
        return ['completed', 'failed', 'cancelled'].includes(task.status)
          ? task
          : undefined;
      },
      options.timeoutMs ?? 180_000,
    );
    const last: any[] = await this.request(
      `/api/scaffolder/v2/tasks/${id}/events?after=${after}`,
    );
    events.push(...last);
    const completion = events
      .filter(event => event.type === 'completion')
      .pop();
    return {
      id,
      status: finished.status,
      output: (completion?.body as any)?.output ?? finished.output ?? {},
      events,
    };
  }
}

/** Everything a task said, for an error message. */
export const logOf = (task: TaskResult) =>
  task.events
    .map(event => event.body?.error?.message ?? event.body?.message ?? '')
    .join('\n');
