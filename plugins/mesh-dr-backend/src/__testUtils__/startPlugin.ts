import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import {
  createServiceFactory,
  type SchedulerService,
  type ServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { actionsRegistryServiceMock } from '@backstage/backend-test-utils/alpha';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  notificationService,
  type NotificationService,
} from '@backstage/plugin-notifications-node';
import {
  AuthorizeResult,
  type Permission,
} from '@backstage/plugin-permission-common';
import {
  signalsServiceRef,
  type SignalPayload,
} from '@backstage/plugin-signals-node';
import type { JsonObject } from '@backstage/types';
import {
  alicloudServiceRef,
  kubernetesServiceRef,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { Knex } from 'knex';
import request from 'supertest';
import plugin from '..';
import { assertDocumented } from './contract';
import { FakeCloud } from './FakeCloud';
import { FakeConnector } from './FakeKubernetes';
import { memoryDatabase } from './memoryDatabase';
import { deployGuide } from './objects';

export interface StartOptions {
  cloud?: FakeCloud;
  connector?: FakeConnector;
  meshDr?: JsonObject;
  /** Permissions by name that are denied to everybody. */
  denied?: string[];
  knex?: Knex;
  /** The catalog. */
  entities?: Entity[];
  /** Refs of the entities that a person may read, by conditions of the policy; default: everybody reads everything. */
  readable?: Record<string, string[]>;
  /** Takes notifications; default: keeps them in `sent`. */
  notify?: NotificationService['send'];
}

/** An audit event, with whom its request came from and how it came out. */
export interface AuditedEvent {
  eventId: string;
  meta?: JsonObject;
  authorization?: string;
  /** `success` or `fail <name of the error>`; one, if all is well. */
  outcomes: string[];
}

/** Starts the plugin on the fakes; the guide's application is deployed unless a connector is given. */
export async function startPlugin(options: StartOptions = {}) {
  const cloud = options.cloud ?? new FakeCloud();
  const connector = options.connector ?? new FakeConnector();
  if (!options.connector) deployGuide(connector);
  const denied = new Set(options.denied);
  const { readable } = options;
  const decide = async (
    requests: { permission: Permission }[],
    asked?: { credentials?: { principal?: any } },
  ): Promise<any[]> =>
    requests.map(({ permission }) => {
      const person = asked?.credentials?.principal?.userEntityRef;
      if (permission.name === 'catalog.entity.read' && readable?.[person]) {
        return { result: AuthorizeResult.CONDITIONAL };
      }
      const result: AuthorizeResult.ALLOW | AuthorizeResult.DENY = denied.has(
        permission.name,
      )
        ? AuthorizeResult.DENY
        : AuthorizeResult.ALLOW;
      return { result };
    });
  const catalog = catalogServiceMock({ entities: options.entities ?? [] });
  const { getEntitiesByRefs } = catalog;
  // The catalog itself applies conditions: what somebody may not read it does not give.
  jest
    .spyOn(catalog, 'getEntitiesByRefs')
    .mockImplementation(async (asked, how: any) => {
      const person = how?.credentials.principal.userEntityRef;
      const { items } = await getEntitiesByRefs.call(catalog, asked);
      return {
        items: items.map(item =>
          item && readable?.[person]?.includes(stringifyEntityRef(item))
            ? item
            : undefined,
        ),
      };
    });
  const audited: AuditedEvent[] = [];
  const auditor = mockServices.auditor.mock({
    createEvent: async ({ request: asked, ...event }) => {
      const authorization = asked?.headers.authorization;
      const outcomes: string[] = [];
      audited.push({ ...event, authorization, outcomes });
      return {
        success: async () => void outcomes.push('success'),
        fail: async ({ error }: { error: Error }) =>
          void outcomes.push(`fail ${error.name}`),
      };
    },
  });
  const signals: SignalPayload<any>[] = [];
  // The type hides the mock's own factory, which runs every task once at the start.
  const scheduler = mockServices.scheduler() as SchedulerService & {
    factory(): ServiceFactory;
  };
  const actions = actionsRegistryServiceMock();
  const sent: any[] = [];
  const knex = options.knex ?? memoryDatabase();
  const backend = await startTestBackend({
    features: [
      plugin,
      createServiceFactory({
        service: actionsRegistryServiceRef,
        deps: {},
        factory: () => actions,
      }),
      mockServices.rootConfig.factory({
        data: {
          meshDr: {
            membership: { pollInterval: { milliseconds: 10 } },
            guardrails: { waitPeriod: { milliseconds: 0 } },
            ...options.meshDr,
          },
        },
      }),
      mockServices.permissions.mock({
        authorize: decide,
        authorizeConditional: decide,
      }).factory,
      auditor.factory,
      scheduler.factory(),
      mockServices.database.factory({ knex }),
      createServiceFactory({
        service: catalogServiceRef,
        deps: {},
        factory: () => catalog,
      }),
      createServiceFactory({
        service: signalsServiceRef,
        deps: {},
        factory: () => ({
          publish: async signal => void signals.push(signal),
        }),
      }),
      createServiceFactory({
        service: notificationService,
        deps: {},
        factory: () => ({
          send:
            options.notify ??
            (async message => {
              sent.push(message);
            }),
        }),
      }),
      createServiceFactory({
        service: alicloudServiceRef,
        deps: {},
        factory: () => cloud,
      }),
      createServiceFactory({
        service: kubernetesServiceRef,
        deps: {},
        factory: () => connector,
      }),
    ],
  });
  const call =
    (method: 'get' | 'post' | 'put' | 'delete') =>
    (path: string, caller: { user?: string; service?: boolean } = {}) => {
      const header = caller.service
        ? mockCredentials.service.header()
        : mockCredentials.user.header(caller.user ?? 'user:default/owner');
      return request(backend.server)
        [method](`/api/mesh-dr${path}`)
        .set('Authorization', header)
        .expect(answer => assertDocumented(method, path, answer));
    };
  return {
    backend,
    cloud,
    connector,
    denied,
    auditor,
    catalog,
    /** Audit events with their outcomes, in the order in which they began. */
    audited,
    /** Signals to open pages, as they were published. */
    signals,
    /** Notifications, as they were handed over. */
    sent,
    /** Invokes an action that the plugin registered for assistants. */
    act: async (name: string, input: JsonObject, user = 'user:default/owner') =>
      (
        await actions.invoke({
          id: `test:${name}`,
          input,
          credentials: mockCredentials.user(user),
        })
      ).output as Record<string, any>,
    listActions: async () => (await actions.list()).actions,
    /** Lets the scheduler look after what is due. */
    tick: () => scheduler.triggerTask('resume-interrupted-work'),
    /** Lets the scheduler read the clouds. */
    refreshFleet: () => scheduler.triggerTask('fleet-refresh'),
    /** Lets the scheduler look for rules that were edited elsewhere. */
    lookForDrift: () => scheduler.triggerTask('rule-drift'),
    get: call('get'),
    post: call('post'),
    put: call('put'),
    delete: call('delete'),
    stop: async () => {
      await backend.stop();
      if (!options.knex) await knex.destroy();
    },
  };
}

/** Repeats `look` until it is true; fails with `what` when it never is. */
export async function until(
  what: string,
  look: () => boolean | Promise<boolean>,
): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  while (!(await look())) {
    if (Date.now() > giveUpAt) throw new Error(`never happened: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
