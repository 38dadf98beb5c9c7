import { startSandbox, type Sandbox } from '../sandbox';

jest.setTimeout(120_000);

describe('the Prometheus URL', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.stop());

  it('is healthy and ready', async () => {
    for (const path of ['/-/healthy', '/-/ready']) {
      expect((await fetch(`${sandbox.prometheus}${path}`)).status).toBe(200);
    }
  });

  it('takes queries by GET and by form', async () => {
    const get = await fetch(
      `${sandbox.prometheus}/api/v1/query?query=vector(1)&time=5`,
    );
    const post = await fetch(`${sandbox.prometheus}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: 'vector(1)', time: '5' }),
    });
    const answer = {
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: {}, value: [5, '1'] }] },
    };
    expect(get.headers.get('content-type')).toBe('application/json');
    expect(await get.json()).toEqual(answer);
    expect(await post.json()).toEqual(answer);
  });

  it('answers 404 for a mesh that there is not, and 405 for other methods', async () => {
    const nowhere = await fetch(`${sandbox.prometheus}/c0/api/v1/query`);
    expect(nowhere.status).toBe(404);
    const wrong = await fetch(`${sandbox.prometheus}/api/v1/query`, {
      method: 'DELETE',
    });
    expect(wrong.status).toBe(405);
  });

  it('is not for pages of others', async () => {
    const answer = await fetch(`${sandbox.prometheus}/api/v1/query`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ query: 'vector(1)' }),
    });
    expect(answer.status).toBe(403);
  });
});
