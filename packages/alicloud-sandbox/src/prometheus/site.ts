import { refuseForeignPage } from '../openapi/browsers';
import type { ApiRequest } from '../openapi/request';
import type { Site, SiteAnswer } from '../openapi/site';
import { answerApi } from './api';
import { Parameters } from './parameters';
import type { TimeSeriesStore } from './store';

/** Path under which a Prometheus client finds its server: `/prometheus/<mesh id>`, or `/prometheus` for all meshes. */
export const PROMETHEUS_PATH = '/prometheus';

/**
 * Prometheus' HTTP API on the cloud's port. It is unsigned, as the real one inside a cluster is.
 * @param options.isMesh - whether there is a mesh of that id
 * @param options.host - name under which the sandbox listens
 */
export function createPrometheusSite(options: {
  store: TimeSeriesStore;
  isMesh: (id: string) => boolean;
  host: string;
}): Site {
  const { store, isMesh, host } = options;
  return {
    async answer(request) {
      const place = placeOf(request.path);
      if (!place) return undefined;
      const refusal = refuseForeignPage(request, [host]);
      if (refusal) return text(403, refusal);
      const { scope, path } = place;
      if (scope !== undefined && !isMesh(scope)) {
        return text(404, `There is no mesh ${scope}.`);
      }
      if (path === '-/healthy')
        return text(200, 'Prometheus Server is Healthy.');
      if (path === '-/ready') return text(200, 'Prometheus Server is Ready.');
      if (!path.startsWith('api/v1/')) {
        return text(404, '404 page not found');
      }
      if (request.method !== 'GET' && request.method !== 'POST') {
        return text(405, 'Method Not Allowed');
      }
      const { status, body } = await answerApi(store, {
        path: path.slice('api/v1/'.length),
        parameters: parametersOf(request),
        scope,
        now: Date.now(),
      });
      return json(status, body);
    },
  };
}

/** `/prometheus[/<mesh>]/<path>`; the API's first segments are no mesh ids. */
function placeOf(path: string): { scope?: string; path: string } | undefined {
  const [, root, ...rest] = path.split('/');
  if (`/${root}` !== PROMETHEUS_PATH) return undefined;
  return ['api', '-', '', undefined].includes(rest[0])
    ? { path: rest.join('/') }
    : { scope: rest[0], path: rest.slice(1).join('/') };
}

function parametersOf({ query, form }: ApiRequest): Parameters {
  return new Parameters(
    new URLSearchParams([...form, ...query].map(pair => [...pair])),
  );
}

function text(status: number, body: string): SiteAnswer {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: `${body}\n`,
  };
}

function json(status: number, body: object): SiteAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
