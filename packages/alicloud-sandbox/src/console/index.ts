import { createHash, randomBytes } from 'node:crypto';
import type { SimulationClock } from '../clock';
import type { KubeFleet } from '../contract';
import type { ControlRouter } from '../control';
import { REGIONS } from '../network/regions';
import { refuseForeignPage } from '../openapi/browsers';
import type { CallLog } from '../openapi/calls';
import type { CloudData } from '../openapi/data';
import type { ApiRequest } from '../openapi/request';
import type { Site } from '../openapi/site';
import { listFaults } from './faults';
import type { Html } from './html';
import { PageFacts, renderPage } from './page';
import { Resource, listResources } from './resources';
import {
  callsSection,
  clockSection,
  faultsSection,
  gatewaysSection,
  regionsSection,
  resourcesSection,
} from './sections';
import { Language, TEXTS, Texts, languageOf } from './texts';

/** What the console shows and moves. */
export interface ConsoleParts {
  control: ControlRouter;
  data: () => CloudData;
  kube: KubeFleet;
  clock: SimulationClock;
  calls: CallLog;
  /** Name under which the sandbox listens. */
  host: string;
  /** Known once the port is; nobody can ask before. */
  facts: () => Omit<PageFacts, 'timeScale' | 'regions'>;
}

/**
 * The sandbox's own console: one page at `/` for browsers, and `GET /console` on the control API for what changed since
 * (`seen` lists `section:hash` pairs; 204 when nothing did). API clients never see it.
 */
export function createConsole(parts: ConsoleParts): Site {
  const { control, clock, host } = parts;
  control.route('GET', '/console', async ({ query }) => {
    const language: Language = query.get('lang') === 'zh-CN' ? 'zh-CN' : 'en';
    const seen = new Set((query.get('seen') ?? '').split(','));
    const sections = await renderSections(parts, language);
    const changed = Object.entries(sections)
      .map(([id, section]) => {
        const text = section.toString();
        const hash = hashOf(text);
        return [id, { hash, html: text }] as const;
      })
      .filter(([id, { hash }]) => !seen.has(`${id}:${hash}`));
    return changed.length ? Object.fromEntries(changed) : undefined;
  });
  return {
    async answer(request) {
      if (!wantsPage(request)) return undefined;
      const refusal = refuseForeignPage(request, [host]);
      if (refusal) {
        return {
          status: 403,
          headers: { 'content-type': 'text/plain; charset=utf-8' },
          body: `${refusal}\n`,
        };
      }
      const language = languageOf(request.headers['accept-language']);
      const nonce = randomBytes(16).toString('base64');
      return {
        status: 200,
        headers: headers(nonce),
        body: renderPage({
          language,
          t: TEXTS[language],
          sections: await renderSections(parts, language),
          nonce,
          facts: {
            ...parts.facts(),
            timeScale: clock.timeScale,
            regions: [...REGIONS.values()].map(({ id }) => ({
              id,
              name: regionName(id, language),
            })),
          },
        }),
      };
    },
  };
}

/** A browser that opens the address; calls of the API bring a signature, an action or a version. */
function wantsPage({ method, path, headers: sent, query }: ApiRequest) {
  return (
    (method === 'GET' || method === 'HEAD') &&
    (path === '/' || path === '') &&
    /\btext\/html\b/.test(sent.accept ?? '') &&
    sent.authorization === undefined &&
    !Object.keys(sent).some(name => name.startsWith('x-acs-')) &&
    !query.some(([name]) =>
      ['Action', 'Signature', 'AccessKeyId', 'Version'].includes(name),
    )
  );
}

/** Nothing from elsewhere, nothing framed, nothing kept. */
function headers(nonce: string): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [
      "default-src 'none'",
      `style-src 'nonce-${nonce}'`,
      `script-src 'nonce-${nonce}'`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    vary: 'Accept, Accept-Language',
  };
}

async function renderSections(
  { control, data, kube, clock, calls }: ConsoleParts,
  language: Language,
): Promise<Record<string, Html>> {
  const t: Texts = TEXTS[language];
  const resources = listResources(data(), kube);
  return {
    clock: clockSection(t, clock.read()),
    regions: regionsSection(t, regionsOf(resources, data(), language)),
    faults: faultsSection(t, await listFaults(control)),
    resources: resourcesSection(t, resources),
    calls: callsSection(t, calls.latest()),
    gateways: gatewaysSection(t, await gateways(control)),
  };
}

/** Regions with resources, and those that are switched off. */
function regionsOf(
  resources: Resource[],
  { regionsDown }: CloudData,
  language: Language,
) {
  const counts = new Map(regionsDown.map(id => [id, 0]));
  for (const { regionId } of resources) {
    if (regionId) counts.set(regionId, (counts.get(regionId) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([id, count]) => ({
      id,
      name: regionName(id, language),
      resources: count,
      down: regionsDown.includes(id),
    }));
}

function regionName(id: string, language: Language): string {
  const region = REGIONS.get(id);
  return (language === 'en' ? region?.en : region?.zh) ?? id;
}

async function gateways(control: ControlRouter) {
  const query = new URLSearchParams();
  const { body } = await control.handle('GET', '/loadbalancers', query, '');
  const { loadBalancers } = body as {
    loadBalancers: {
      service: string;
      region: string;
      host: string;
      port: number;
    }[];
  };
  return loadBalancers.map(({ service, region, host, port }) => ({
    service,
    region,
    url: `http://${host}:${port}/`,
  }));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}
