import type { LoggerService } from '@backstage/backend-plugin-api';
import { InputError, NotAllowedError, NotFoundError } from '@backstage/errors';
import { query, resourcePath, subjectOf } from './paths';
import { ServerGate, KeyedQueue } from './gate';
import { createRequester, GoneError, type KubernetesRequest } from './request';
import type { SessionSource } from './session';
import type {
  KubernetesConnection,
  KubernetesObject,
  KubernetesRequestOptions,
} from './types';
import { DEFAULT_WATCH_TIMING, watchForever, type WatchTiming } from './watch';

const PAGE_SIZE = 500;
/** A probe's answer holds this long for the other watches of the connection. */
const PROBE_LIFE_MS = 2_000;

interface ListPage {
  kind?: string;
  items?: KubernetesObject[];
  metadata?: { resourceVersion?: string; continue?: string };
}

/** A connection to the API server that `sessions` leads to. */
export function createKubernetesConnection(options: {
  id: string;
  sessions: SessionSource;
  logger: LoggerService;
  watchTiming?: Partial<WatchTiming>;
}): KubernetesConnection {
  const { id, logger } = options;
  const requester = createRequester(id, options.sessions);

  const send = <T>(
    request: KubernetesRequest,
    requestOptions: KubernetesRequestOptions | undefined,
  ) => requester.json<T>(request, requestOptions);

  const version = (requestOptions?: KubernetesRequestOptions) =>
    send<{ gitVersion: string }>(
      { method: 'GET', path: '/version', subject: 'version', repeatable: true },
      requestOptions,
    );

  const timing = { ...DEFAULT_WATCH_TIMING, ...options.watchTiming };
  const ping = (): Promise<void> =>
    version({ deadlineMs: timing.probeDeadlineMs }).then(
      () => {},
      error => {
        // Whoever refuses, lives.
        if (!(error instanceof NotAllowedError)) throw error;
      },
    );
  const gate = new ServerGate({ ping, timing });
  const listings = new KeyedQueue();

  let probing: Promise<void> | undefined;
  const probe = (): Promise<void> => {
    if (!probing) {
      const running = ping();
      probing = running;
      const forget = () => {
        setTimeout(() => {
          if (probing === running) probing = undefined;
        }, PROBE_LIFE_MS).unref();
      };
      running.then(forget, forget);
    }
    return probing;
  };

  return {
    id,
    version,

    async get(type, namespace, name, requestOptions) {
      try {
        return await send<KubernetesObject>(
          {
            method: 'GET',
            path: resourcePath(type, namespace, name),
            subject: subjectOf(type, namespace, name),
            repeatable: true,
          },
          requestOptions,
        );
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    },

    async list(type, namespace, listOptions = {}) {
      const { labelSelector, fieldSelector, ...requestOptions } = listOptions;
      // A continue token lives for minutes; when it is gone the list starts again, once.
      for (let restarts = 0; ; restarts++) {
        const items: KubernetesObject[] = [];
        let token: string | undefined;
        let resourceVersion = '';
        try {
          do {
            const page: ListPage = await send<ListPage>(
              {
                method: 'GET',
                path: `${resourcePath(type, namespace)}${query({
                  limit: PAGE_SIZE,
                  continue: token,
                  labelSelector,
                  fieldSelector,
                })}`,
                subject: subjectOf(type, namespace),
                repeatable: true,
              },
              requestOptions,
            );
            const kind = page.kind?.replace(/List$/, '') ?? '';
            for (const item of page.items ?? []) {
              items.push({ ...item, kind, apiVersion: type.apiVersion });
            }
            token = page.metadata?.continue || undefined;
            resourceVersion = page.metadata?.resourceVersion ?? '';
          } while (token);
          return { items, resourceVersion };
        } catch (error) {
          if (!(error instanceof GoneError) || restarts > 0) throw error;
        }
      }
    },

    create: (type, object, requestOptions) =>
      send(
        {
          method: 'POST',
          path: `${resourcePath(type, object.metadata.namespace)}${query({
            fieldManager: 'mesh-dr',
          })}`,
          body: object,
          subject: subjectOf(
            type,
            object.metadata.namespace,
            object.metadata.name,
          ),
          repeatable: false,
        },
        requestOptions,
      ),

    apply: (
      type,
      object,
      { fieldManager, force, dryRun, ...requestOptions },
    ) => {
      if (!object.metadata?.name) {
        throw new InputError(
          `A ${object.kind} without metadata.name cannot be applied; give it a name`,
        );
      }
      return send(
        {
          method: 'PATCH',
          path: `${resourcePath(
            type,
            object.metadata.namespace,
            object.metadata.name,
          )}${query({
            fieldManager,
            force: force ? true : undefined,
            dryRun: dryRun ? 'All' : undefined,
          })}`,
          body: object,
          contentType: 'application/apply-patch+yaml',
          subject: subjectOf(
            type,
            object.metadata.namespace,
            object.metadata.name,
          ),
          repeatable: true,
        },
        requestOptions,
      );
    },

    patch: (
      type,
      namespace,
      name,
      body,
      { kind, subresource, ...requestOptions },
    ) =>
      send(
        {
          method: 'PATCH',
          path: `${resourcePath(type, namespace, name, subresource)}${query({
            fieldManager: 'mesh-dr',
          })}`,
          body,
          contentType: `application/${
            kind === 'json' ? 'json-patch' : 'merge-patch'
          }+json`,
          subject: subjectOf(type, namespace, name),
          repeatable: kind === 'merge',
        },
        requestOptions,
      ),

    async delete(
      type,
      namespace,
      name,
      { preconditions, ...requestOptions } = {},
    ) {
      try {
        await send(
          {
            method: 'DELETE',
            path: resourcePath(type, namespace, name),
            body: {
              kind: 'DeleteOptions',
              apiVersion: 'v1',
              propagationPolicy: 'Background',
              ...(preconditions && { preconditions }),
            },
            subject: subjectOf(type, namespace, name),
            repeatable: true,
          },
          requestOptions,
        );
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
      }
    },

    async resources(apiVersion, requestOptions) {
      try {
        const answer = await send<{
          resources?: { kind: string; name: string; namespaced: boolean }[];
        }>(
          {
            method: 'GET',
            path: apiVersion.includes('/')
              ? `/apis/${apiVersion}`
              : `/api/${apiVersion}`,
            subject: `resources of ${apiVersion}`,
            repeatable: true,
          },
          requestOptions,
        );
        return (answer.resources ?? [])
          .filter(resource => !resource.name.includes('/'))
          .map(({ kind, name, namespaced }) => ({
            kind,
            plural: name,
            namespaced,
          }));
      } catch (error) {
        if (error instanceof NotFoundError) return [];
        throw error;
      }
    },

    podLog: (namespace, pod, requestOptions) =>
      requester.text(
        {
          method: 'GET',
          path: resourcePath(
            { apiVersion: 'v1', plural: 'pods' },
            namespace,
            pod,
            'log',
          ),
          accept: 'text/plain, */*',
          subject: `log of pod ${namespace}/${pod}`,
          repeatable: true,
        },
        requestOptions,
      ),

    watch(type, handlers, watchOptions) {
      watchForever(
        {
          id,
          requester,
          probe,
          gate,
          listings,
          onHandlerError: error =>
            logger.error(
              `A handler of the watch of ${type.plural} in ${id} failed: ${error}`,
            ),
          timing,
        },
        type,
        handlers,
        watchOptions,
      ).catch(error =>
        logger.error(`The watch of ${type.plural} in ${id} ended: ${error}`),
      );
    },
  };
}
