import type { documentedCaller } from './documentedCaller';

const sum = <T>(items: T[], of: (item: T) => number) =>
  items.reduce((total, item) => total + of(item), 0);

/** Simulates a mesh whose Bookinfo has just been called, and expects the graph and the rates that its metrics show. */
export async function expectObservedSimulation(
  call: ReturnType<typeof documentedCaller>,
  mesh: string,
): Promise<any> {
  const { status, body } = await call(
    'post',
    `/v1/meshes/${mesh}/simulations`,
    { edits: [{ kind: 'down', region: 'cn-shanghai' }] },
  );
  expect(status).toBe(200);
  expect(body.traffic).toMatchObject({ state: 'ok', windowMinutes: 5 });
  const seen = body.calls.find((c: any) => c.to === 'default/reviews');
  expect(seen).toMatchObject({
    from: 'default/productpage',
    source: 'observed',
  });
  // One call of reviews a page.
  expect(seen.callsPerRequest).toBeCloseTo(1, 1);
  expect(
    sum(body.entries, (entry: any) => entry.requestsPerSecond.before),
  ).toBeGreaterThan(0);
  expect(body.entries.map((entry: any) => entry.rateSource)).toEqual(
    body.entries.map(() => 'observed'),
  );
  const reviews = body.services.find((s: any) => s.id === 'default/reviews');
  const simulated = sum(
    reviews.loads,
    (load: any) => load.callsPerSecond.before,
  );
  expect(simulated / reviews.observedPerSecond).toBeCloseTo(1, 1);
  return body;
}
