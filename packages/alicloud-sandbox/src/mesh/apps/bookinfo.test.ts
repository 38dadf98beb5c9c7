import type { HttpResponse } from '../types';
import type { OutboundCall } from '../dataPlane';
import { bookinfoApp } from './bookinfo';

/** Runs one request against a program whose callees answer as told; no answer is a failed call. */
async function ask(
  program: string,
  path: string,
  options: {
    headers?: Record<string, string>;
    env?: Record<string, string>;
    answers?: Record<string, HttpResponse>;
  } = {},
) {
  const calls: OutboundCall[] = [];
  const app = bookinfoApp(
    `istio/examples-bookinfo-${program}:1.20.2`,
    undefined,
  );
  const response = await app!.handle(
    { method: 'GET', path, headers: options.headers ?? {} },
    {
      hostname: `${program}-abc`,
      env: options.env ?? {},
      memory: new Map(),
      async call(call) {
        calls.push(call);
        const answer = options.answers?.[call.host];
        if (!answer) {
          throw new Error('no answer');
        }
        return answer;
      },
    },
  );
  return { response, body: String(response.body), calls };
}

const ok = (body: unknown): HttpResponse => ({
  status: 200,
  headers: {},
  body: JSON.stringify(body),
});
const RATINGS = ok({ id: 0, ratings: { Reviewer1: 5, Reviewer2: 4 } });
const UNAVAILABLE: HttpResponse = { status: 503, headers: {}, body: 'no' };

describe('reviews', () => {
  it('v1 has no ratings and asks nobody', async () => {
    const { body, calls } = await ask('reviews-v1', '/reviews/0', {
      env: { CLUSTER_NAME: 'c-1' },
    });
    expect(calls).toEqual([]);
    expect(body).toContain(
      '{"id": "0","podname": "reviews-v1-abc","clustername": "c-1","reviews": [',
    );
    expect(JSON.parse(body).reviews[0]).toEqual({
      reviewer: 'Reviewer1',
      text: expect.stringContaining('slapstick'),
    });
  });

  it.each([
    ['reviews-v2', 'black', 10_000],
    ['reviews-v3', 'red', 2500],
  ])(
    '%s has %s stars and %d ms of patience',
    async (program, color, patience) => {
      const { body, calls } = await ask(program, '/reviews/0', {
        answers: { ratings: RATINGS },
      });
      expect(body).toContain(`"rating": {"stars": 5, "color": "${color}"}`);
      expect(calls[0]).toMatchObject({ host: 'ratings', timeoutMs: patience });
      expect(JSON.parse(body).clustername).toBe('null');
    },
  );

  it.each([
    ['no answer', {}],
    ['an error', { ratings: UNAVAILABLE }],
  ])('says that ratings are unavailable on %s', async (_, answers) => {
    const { response, body } = await ask('reviews-v2', '/reviews/0', {
      answers,
    });
    expect(response.status).toBe(200);
    expect(JSON.parse(body).reviews.map((r: any) => r.rating)).toEqual(
      Array(2).fill({ error: 'Ratings service is currently unavailable' }),
    );
  });

  it('finds ratings where its environment says', async () => {
    const { calls } = await ask('reviews-v2', '/reviews/0', {
      env: {
        RATINGS_HOSTNAME: 'stars',
        SERVICES_DOMAIN: 'shop',
        RATINGS_SERVICE_PORT: '8080',
      },
    });
    expect(calls[0]).toMatchObject({ host: 'stars.shop', port: 8080 });
  });
});

describe('productpage', () => {
  const DETAILS = ok({ id: 0, 'ISBN-10': '1234567890' });

  it('answers 200 with an error block when a part fails', async () => {
    const { response, body } = await ask('productpage-v1', '/productpage', {
      answers: { details: DETAILS, reviews: UNAVAILABLE },
    });
    expect(response.status).toBe(200);
    expect(body).toContain('1234567890');
    expect(body).toContain('Error fetching product reviews!');
    expect(body).toContain(
      'Sorry, product reviews are currently unavailable for this book.',
    );
  });

  it('asks for reviews twice, for details once, 3 s each', async () => {
    const { calls } = await ask('productpage-v1', '/productpage');
    expect(calls.map(c => [c.host, c.timeoutMs])).toEqual([
      ['details', 3000],
      ['reviews', 3000],
      ['reviews', 3000],
    ]);
  });

  it('passes the status of a part on in its API, 500 without one', async () => {
    const at = '/api/v1/products/0/reviews';
    const failed = await ask('productpage-v1', at, {
      answers: { reviews: UNAVAILABLE },
    });
    expect(failed.response.status).toBe(503);
    expect((await ask('productpage-v1', at)).response.status).toBe(500);
  });

  it('writes JSON as Python does', async () => {
    const { body } = await ask('productpage-v1', '/api/v1/products');
    expect(body).toMatch(/^\[\{"id": 0, "title": "The Comedy of Errors", /);
  });

  it('tells callees who is signed in, and hands on trace headers', async () => {
    const { calls } = await ask('productpage-v1', '/productpage', {
      headers: { cookie: 'a=1; user=jason', traceparent: 't', 'x-other': 'o' },
    });
    expect(calls[0].request.headers).toMatchObject({
      'end-user': 'jason',
      traceparent: 't',
    });
    expect(calls[0].request.headers).not.toHaveProperty('x-other');
  });
});
