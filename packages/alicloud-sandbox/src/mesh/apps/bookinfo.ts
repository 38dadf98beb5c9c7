import type { HttpRequest, HttpResponse } from '../types';
import type { App, AppContext } from './index';
import { indexPage, productPage } from './bookinfoPage';

const PORT = 9080;

/** The one book of the store. */
const PRODUCT = {
  id: 0,
  title: 'The Comedy of Errors',
  descriptionHtml:
    '<a href="https://en.wikipedia.org/wiki/The_Comedy_of_Errors">Wikipedia Summary</a>: The Comedy of Errors is one of <b>William Shakespeare\'s</b> early plays. It is his shortest and one of his most farcical comedies, with a major part of the humour coming from slapstick and mistaken identity, in addition to puns and word play.',
};

const TEXTS = [
  'An extremely entertaining play by Shakespeare. The slapstick humour is refreshing!',
  'Absolutely fun and entertaining. The play lacks thematic depth when compared to other plays by Shakespeare.',
];

/** Headers that Bookinfo hands on to its callees. */
const FORWARDED = [
  'x-request-id',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'x-ot-span-context',
  'x-datadog-trace-id',
  'x-datadog-parent-id',
  'x-datadog-sampling-priority',
  'x-cloud-trace-context',
  'grpc-trace-bin',
  'traceparent',
  'tracestate',
  'sw8',
  'end-user',
  'user-agent',
  'cookie',
  'authorization',
  'jwt',
];

/** The Bookinfo program behind an image name such as `registry/examples-bookinfo-reviews-v2:1.20.2`. */
export function bookinfoApp(
  image: string,
  versionLabel: string | undefined,
): App | undefined {
  const match =
    /examples-bookinfo-(productpage|details|reviews|ratings)(?:-(v\d+))?/.exec(
      image,
    );
  if (!match) {
    return undefined;
  }
  const version = match[2] ?? versionLabel ?? 'v1';
  const handlers = {
    productpage,
    details,
    ratings,
    reviews: (request: HttpRequest, context: AppContext) =>
      reviews(request, context, version),
  };
  return { port: PORT, handle: handlers[match[1] as keyof typeof handlers] };
}

async function productpage(
  plain: HttpRequest,
  context: AppContext,
): Promise<HttpResponse> {
  const path = pathOf(plain);
  const user = /(?:^|;\s*)user=([^;]*)/.exec(plain.headers.cookie ?? '')?.[1];
  // Who is signed in is told to the callees, so that routes can match the user.
  const request = user
    ? { ...plain, headers: { ...plain.headers, 'end-user': user } }
    : plain;
  switch (path) {
    case '/':
    case '/index.html':
      return html(indexPage());
    case '/health':
      return html('Product page is healthy');
    case '/login':
      return session(
        request,
        new URLSearchParams(request.body).get('username'),
      );
    case '/logout':
      return session(request, null);
    case '/productpage': {
      const details0 = await getDetails('0', request, context);
      const reviews0 = await getReviews('0', request, context);
      return html(productPage(PRODUCT, details0, reviews0, user));
    }
    case '/api/v1/products':
      return pythonJson(200, [PRODUCT]);
    default:
  }
  const api = /^\/api\/v1\/products\/([^/]+)(?:\/(reviews|ratings))?$/.exec(
    path,
  );
  if (!api) {
    return {
      status: 404,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<!doctype html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n',
    };
  }
  const get = { reviews: getReviews, ratings: getRatings };
  const part = await (api[2] ? get[api[2] as keyof typeof get] : getDetails)(
    api[1],
    request,
    context,
  );
  return pythonJson(part.status, part.body);
}

/** Answer of a callee, or the apology productpage shows instead. */
export interface Part {
  status: number;
  body: any;
}

function getDetails(
  id: string,
  request: HttpRequest,
  context: AppContext,
): Promise<Part> {
  return fetchPart('details', 'details', id, 1, request, context);
}

/** Upstream tries reviews twice, on purpose. */
function getReviews(
  id: string,
  request: HttpRequest,
  context: AppContext,
): Promise<Part> {
  return fetchPart('reviews', 'reviews', id, 2, request, context);
}

function getRatings(
  id: string,
  request: HttpRequest,
  context: AppContext,
): Promise<Part> {
  return fetchPart('ratings', 'ratings', id, 1, request, context);
}

async function fetchPart(
  service: string,
  what: string,
  id: string,
  tries: number,
  request: HttpRequest,
  context: AppContext,
): Promise<Part> {
  let status = 500;
  for (let i = 0; i < tries; i++) {
    status = 500;
    try {
      const answer = await callService(service, id, request, context, 3000);
      status = answer.status;
      if (status === 200) {
        return { status, body: JSON.parse(String(answer.body)) };
      }
    } catch {
      // No answer, or no JSON: the page says that the part is unavailable.
    }
  }
  return {
    status,
    body: {
      error: `Sorry, product ${what} are currently unavailable for this book.`,
    },
  };
}

function callService(
  service: string,
  id: string,
  request: HttpRequest,
  context: AppContext,
  timeoutMs: number,
): Promise<HttpResponse> {
  const { env } = context;
  const domain = env.SERVICES_DOMAIN ? `.${env.SERVICES_DOMAIN}` : '';
  const prefix = service.toLocaleUpperCase('en-US');
  const host = `${env[`${prefix}_HOSTNAME`] ?? service}${domain}`;
  const port = Number(env[`${prefix}_SERVICE_PORT`] ?? PORT);
  const headers: Record<string, string> = { host: `${host}:${port}` };
  for (const name of FORWARDED) {
    if (request.headers[name] !== undefined) {
      headers[name] = request.headers[name];
    }
  }
  return context.call({
    host,
    port,
    request: { method: 'GET', path: `/${service}/${id}`, headers },
    timeoutMs,
  });
}

async function details(request: HttpRequest): Promise<HttpResponse> {
  const path = pathOf(request);
  if (path === '/health') {
    return json(200, { status: 'Details is healthy' });
  }
  if (!path.startsWith('/details')) {
    return json(404, { error: 'not found' });
  }
  const id = path.split('/').pop()!;
  if (!/^\d+$/.test(id)) {
    return json(400, { error: 'please provide numeric product id' });
  }
  return json(200, {
    id: Number(id),
    author: 'William Shakespeare',
    year: 1595,
    type: 'paperback',
    pages: 200,
    publisher: 'PublisherA',
    language: 'English',
    'ISBN-10': '1234567890',
    'ISBN-13': '123-1234567890',
  });
}

async function ratings(
  request: HttpRequest,
  context: AppContext,
): Promise<HttpResponse> {
  const path = pathOf(request);
  if (path === '/health') {
    return json(200, { status: 'Ratings is healthy' });
  }
  const id = /^\/ratings\/(.*)$/.exec(path)?.[1];
  if (id === undefined) {
    return json(404, { error: 'not found' });
  }
  if (!/^\d+$/.test(id)) {
    return json(400, { error: 'please provide numeric product ID' });
  }
  if (request.method === 'POST') {
    try {
      context.memory.set(id, JSON.parse(request.body ?? ''));
    } catch {
      return json(400, { error: 'please provide valid ratings JSON' });
    }
  }
  return json(200, {
    id: Number(id),
    ratings: context.memory.get(id) ?? { Reviewer1: 5, Reviewer2: 4 },
  });
}

async function reviews(
  request: HttpRequest,
  context: AppContext,
  version: string,
): Promise<HttpResponse> {
  const path = pathOf(request);
  if (path === '/health') {
    return json(200, { status: 'Reviews is healthy' });
  }
  const id = /^\/reviews\/(\d+)$/.exec(path)?.[1];
  if (id === undefined) {
    return json(404, { error: 'not found' });
  }
  const { env } = context;
  const rated = (env.ENABLE_RATINGS ?? String(version !== 'v1')) === 'true';
  const color = env.STAR_COLOR ?? (version === 'v3' ? 'red' : 'black');
  const stars = rated ? await getStars(id, request, context, color) : undefined;
  // Upstream puts this text together by hand; scripts that search it rely on its blanks.
  const reviewers = TEXTS.map((text, i) => {
    const name = `Reviewer${i + 1}`;
    const rating = rated ? `, "rating": ${ratingOf(stars?.[name], color)}` : '';
    return `{  "reviewer": "${name}",  "text": "${text}"${rating}}`;
  });
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: `{"id": "${id}","podname": "${context.hostname}","clustername": "${
      env.CLUSTER_NAME ?? 'null'
    }","reviews": [${reviewers.join(',')}]}`,
  };
}

function ratingOf(stars: unknown, color: string): string {
  return typeof stars === 'number'
    ? `{"stars": ${stars}, "color": "${color}"}`
    : '{"error": "Ratings service is currently unavailable"}';
}

async function getStars(
  id: string,
  request: HttpRequest,
  context: AppContext,
  color: string,
): Promise<Record<string, unknown> | undefined> {
  try {
    const patience = color === 'black' ? 10_000 : 2500;
    const answer = await callService('ratings', id, request, context, patience);
    return answer.status === 200
      ? JSON.parse(String(answer.body)).ratings
      : undefined;
  } catch {
    return undefined;
  }
}

function pathOf(request: HttpRequest): string {
  return request.path.split('?', 1)[0];
}

function session(request: HttpRequest, user: string | null): HttpResponse {
  return {
    status: 302,
    headers: {
      location: request.headers.referer ?? '/productpage',
      'set-cookie':
        user === null
          ? 'user=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/'
          : `user=${user.replace(/[^\w.@-]/g, '')}; Path=/`,
    },
    body: '',
  };
}

function html(body: string): HttpResponse {
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body,
  };
}

/** JSON with the blanks that Python puts into it. */
function pythonJson(status: number, body: unknown): HttpResponse {
  const write = (value: unknown): string => {
    if (Array.isArray(value)) {
      return `[${value.map(write).join(', ')}]`;
    }
    if (value && typeof value === 'object') {
      const members = Object.entries(value).map(
        ([key, member]) => `${JSON.stringify(key)}: ${write(member)}`,
      );
      return `{${members.join(', ')}}`;
    }
    return JSON.stringify(value);
  };
  return { ...json(status, {}), body: write(body) };
}

function json(status: number, body: unknown): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
