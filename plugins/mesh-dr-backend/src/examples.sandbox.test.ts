import { mockCredentials } from '@backstage/backend-test-utils';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { drScorecardPlugin, type Score } from '../examples/drScorecard';
import { incidentPlugin } from '../examples/incidentEvacuation';
import { documentedCaller } from './__testUtils__/documentedCaller';
import { startOnSandbox, untilFound } from './__testUtils__/guideCloud';
import { joinGuide } from './__testUtils__/joinGuide';
import { sandboxClients } from './__testUtils__/sandboxClients';

jest.setTimeout(120_000);

const root = join(__dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const EXAMPLES = ['drScorecard.ts', 'incidentEvacuation.ts'].map(
  file => `plugins/mesh-dr-backend/examples/${file}`,
);

describe('docs/for-plugins.md', () => {
  const page = read('docs/for-plugins.md');

  it.each(EXAMPLES)('shows %s as it is', file => {
    expect(page).toContain(`(../${file})`);
    expect(page).toContain(`\`\`\`ts\n${read(file)}\`\`\`\n`);
  });

  it('shows no other code of its own', () => {
    expect(page.match(/^```ts$/gm)).toHaveLength(EXAMPLES.length);
  });

  it.each(['mesh-dr-backend', 'mesh-dr-common'])(
    'is found from the README of %s',
    name => {
      const [, link] = read(`plugins/${name}/README.md`).match(
        /\((\S*for-plugins\.md)\)/,
      )!;
      expect(existsSync(join(root, 'plugins', name, link))).toBe(true);
    },
  );
});

/** The examples, installed in one backend with the plugin that they use. */
describe('the examples on the sandbox cloud', () => {
  let started: Awaited<ReturnType<typeof startOnSandbox>>;
  let meshId: string;

  const call = documentedCaller(() => started.backend.server);
  const ask = async (
    method: 'get' | 'post' | 'delete',
    path: string,
    authorization: string,
    body?: object,
  ) => {
    const answer = await request(started.backend.server)
      [method](`/api${path}`)
      .set('Authorization', authorization)
      .send(body);
    return answer as { status: number; body: any };
  };
  const ONCALL = mockCredentials.user.header('user:default/oncall');
  const ALERTS = mockCredentials.service.header();
  const incident = () => ({
    service: { meshId, namespace: 'default', name: 'reviews' },
    from: 'cn-hangzhou',
    to: 'cn-shanghai',
    reason: 'error budget of reviews in Hangzhou is spent',
  });
  const score = async (name: string): Promise<Score> => {
    const { body } = await ask('get', '/dr-scorecard/scores', ONCALL);
    return body.items.find(
      ({ service }: Score) => service === `${meshId}/default/${name}`,
    );
  };
  const ends = (id: string) =>
    untilFound('the incident is settled', async () => {
      const { body } = await ask(
        'get',
        `/dr-incidents/incidents/${id}`,
        ONCALL,
      );
      return !['pending-approval', 'applying'].includes(body.status) && body;
    });

  beforeAll(async () => {
    started = await startOnSandbox({
      features: () => [drScorecardPlugin, incidentPlugin],
    });
    const { accounts, connector } = sandboxClients(started.sandbox);
    ({ meshId } = await joinGuide(accounts.get('sandbox'), connector));
    await untilFound('both regions have reviews', async () => {
      const { body } = await call(
        'get',
        `/v1/meshes/${meshId}/services/default/reviews/topology`,
      );
      return (
        body.regions?.length === 2 &&
        body.regions.every(({ ready }: any) => ready === 1)
      );
    });
  });
  afterAll(() => started?.stop());

  it('score every service, with what its owner can do', async () => {
    const { body } = await ask('get', '/dr-scorecard/scores', ONCALL);
    expect(body).toMatchObject({ ready: 0, total: 4 });
    expect(await score('reviews')).toMatchObject({
      level: 'unprotected',
      sentence: expect.stringContaining('without outlier detection'),
    });
  });

  it("evacuate in a person's name once somebody else agrees, and go back", async () => {
    const asked = await ask(
      'post',
      '/dr-incidents/incidents',
      ONCALL,
      incident(),
    );
    expect(asked.status).toBe(202);
    const { id } = asked.body;
    expect(asked.body).toMatchObject({
      status: 'pending-approval',
      requestedBy: 'user:default/oncall',
      approvalExpiresAt: expect.any(String),
    });
    expect((await score('reviews')).level).toBe('unprotected');
    expect((await call('post', `/v1/changes/${id}/approve`)).status).toBe(200);
    expect(await ends(id)).toMatchObject({
      status: 'applied',
      approvedBy: 'user:default/mock',
    });
    expect((await score('reviews')).level).toBe('protected');

    const back = await ask('delete', `/dr-incidents/incidents/${id}`, ONCALL);
    expect(back.status).toBe(200);
    expect(await ends(back.body.id)).toMatchObject({ status: 'applied' });
    expect((await ends(id)).status).toBe('rolled-back');
    expect((await score('reviews')).level).toBe('unprotected');
  });

  it('propose for an alert as a service, and tell that nobody wanted it', async () => {
    const asked = await ask(
      'post',
      '/dr-incidents/incidents',
      ALERTS,
      incident(),
    );
    expect(asked.body).toMatchObject({
      status: 'pending-approval',
      requestedBy: 'plugin:dr-incidents',
    });
    const { id } = asked.body;
    await call('post', `/v1/changes/${id}/reject`, { reason: 'a false alarm' });
    expect(await ends(id)).toMatchObject({
      status: 'rejected',
      error: expect.stringContaining('a false alarm'),
    });
  });

  it('propose nothing that would do harm, and say why', async () => {
    const { status, body } = await ask(
      'post',
      '/dr-incidents/incidents',
      ONCALL,
      { ...incident(), to: 'cn-shanghia' },
    );
    expect(status).toBe(409);
    expect(body.error.message).toContain('cn-shanghia');
  });
});
