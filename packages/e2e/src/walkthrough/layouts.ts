import {
  BOTH_WAYS,
  GUIDE_OUTLIER_DETECTION,
  HANGZHOU,
  SHANGHAI,
  percent,
  tally,
  type Walkthrough,
} from './context';

const EJECTING = { ...GUIDE_OUTLIER_DETECTION, maxEjectionPercent: 100 };
const near = (value: number, wanted: number, points: number) =>
  Math.abs(value - wanted) <= points;

/** Step 4 of the guide: all versions in both regions. Taking v1 away in Hangzhou moves nothing across regions. */
export async function fullLayout(walk: Walkthrough) {
  const { steps } = walk;
  await steps.step(
    'Run "Bookinfo", layout full',
    'v1, v2, v3 ready in both regions; entities registered',
    async () => {
      await walk.deployBookinfo('full');
      const all = Object.fromEntries(
        [HANGZHOU, SHANGHAI].flatMap(region =>
          ['v1', 'v2', 'v3'].map(version => [`${region} ${version}`, 1]),
        ),
      );
      await walk.settled('reviews', all);
      const entity = await walk.operator.entity('component', 'reviews');
      const host = entity.metadata.annotations['mesh-dr.io/host'];
      return { ok: host === 'reviews.default', seen: `six pods, ${host}` };
    },
  );
  await steps.step(
    'The page through the gateway',
    '200 with the reviewers',
    async () => {
      const page = await walk.page('/productpage');
      return {
        ok: page.status === 200 && page.text.includes('Reviewer1'),
        seen: `${page.status}, ${page.text.length} characters`,
      };
    },
  );
  await steps.step(
    'Versions of reviews, no rule',
    '1:1:1 within 8 points over 300 requests',
    async () => {
      const result = await walk.verify(300);
      const shares = ['v1', 'v2', 'v3'].map(v =>
        percent(result.byVersion[v] ?? 0, result.requests),
      );
      return {
        ok: shares.every(share => near(share, 100 / 3, 8)),
        seen: tally(result),
      };
    },
  );
  await steps.step(
    'Failover on, reviews v1 in Hangzhou taken away',
    'zero cross-region calls: v2 and v3 still answer there',
    async () => {
      await walk.change(
        { name: 'reviews' },
        { mode: 'failover', failover: BOTH_WAYS, outlierDetection: EJECTING },
        'Guide step 5 on the full layout',
      );
      // Only the hop into reviews counts here, so its caller is pinned to Hangzhou as well.
      await walk.change(
        { name: 'productpage' },
        { mode: 'failover', failover: BOTH_WAYS, outlierDetection: EJECTING },
        'Keep the first hop local',
      );
      await walk.deployBookinfo('full', { takeAway: true });
      await walk.settled('reviews', {
        [`${HANGZHOU} v2`]: 1,
        [`${HANGZHOU} v3`]: 1,
        [`${SHANGHAI} v1`]: 1,
        [`${SHANGHAI} v2`]: 1,
        [`${SHANGHAI} v3`]: 1,
      });
      const result = await walk.verify(100);
      return {
        ok:
          (result.byRegion[HANGZHOU] ?? 0) === 100 &&
          (result.byRegion[SHANGHAI] ?? 0) === 0,
        seen: tally(result),
      };
    },
  );
}

/** Step 5 of the guide: v1 only in Hangzhou, v2 only in Shanghai. */
export async function splitLayout(walk: Walkthrough) {
  const { steps } = walk;
  await steps.step(
    'Per-service rules off',
    'reviews and productpage follow the mesh again',
    async () => {
      await walk.change({ name: 'reviews' }, { mode: 'off' }, 'To the mesh');
      await walk.change(
        { name: 'productpage' },
        { mode: 'off' },
        'To the mesh',
      );
      const { rule } = await walk.topology();
      return {
        ok: rule.locality.source !== 'destination-rule',
        seen: `rule from ${rule.locality.source}`,
      };
    },
  );
  await steps.step(
    "Layout split with the guide's outlier detection, v1 taken away; mesh-wide failover",
    'ASM reports the failover, read back',
    async () => {
      await walk.deployBookinfo('split', {
        takeAway: true,
        outlierDetection: 'guide',
      });
      await walk.settled('reviews', { [`${SHANGHAI} v2`]: 1 });
      await walk.change(
        'mesh',
        { mode: 'failover', failover: BOTH_WAYS },
        'Guide step 5: failover',
      );
      const mesh = await walk.operator.mesh.getMesh(walk.meshId);
      return {
        ok: mesh.locality.mode === 'failover',
        seen: mesh.locality.mode,
      };
    },
  );
  await steps.step(
    'Ten requests',
    '10 of 10 answered by v2 in Shanghai',
    async () => {
      const result = await walk.verify(10);
      return {
        ok: result.byRegion[SHANGHAI] === 10 && result.byVersion.v2 === 10,
        seen: tally(result),
      };
    },
  );
  await steps.step(
    'Distribution 10 % to Shanghai, mesh-wide',
    'off first, then on, as one change',
    async () => {
      await walk.deployBookinfo('split', { outlierDetection: 'guide' });
      await walk.settled('reviews', {
        [`${HANGZHOU} v1`]: 1,
        [`${SHANGHAI} v2`]: 1,
      });
      const { preview } = await walk.change(
        'mesh',
        {
          mode: 'distribution',
          distribute: [
            { from: HANGZHOU, to: { [HANGZHOU]: 90, [SHANGHAI]: 10 } },
          ],
        },
        'Guide step 5: distribution',
      );
      const mesh = await walk.operator.mesh.getMesh(walk.meshId);
      return {
        ok: mesh.locality.mode === 'distribution' && preview.steps.length >= 2,
        seen: `${preview.steps.join(' → ')}; now ${mesh.locality.mode}`,
      };
    },
  );
  await steps.step(
    'Predicted share of the reviews hop',
    'from Hangzhou 10 %, from Shanghai 50 %',
    async () => {
      const topology = await walk.topology();
      const share = (region: string) =>
        topology.predicted.find(split => split.callerRegion === region)?.shares[
          SHANGHAI
        ] ?? NaN;
      return {
        ok: near(share(HANGZHOU), 10, 0.01) && near(share(SHANGHAI), 50, 0.01),
        seen: `${share(HANGZHOU)} % and ${share(SHANGHAI)} %`,
      };
    },
  );
  await steps.step(
    'Measured share end to end',
    '14 % from Shanghai, within 3 points over 1,000 requests',
    async () => {
      const result = await walk.verify(1000);
      const share = percent(result.byRegion[SHANGHAI] ?? 0, result.requests);
      return {
        ok: near(share, 14, 3) && result.failed === 0,
        seen: `${share.toFixed(1)} %: ${tally(result)}`,
      };
    },
  );
  await steps.step('Mesh-wide rule off again', 'off', async () => {
    await walk.change('mesh', { mode: 'off' }, 'End of the guide');
    const mesh = await walk.operator.mesh.getMesh(walk.meshId);
    return { ok: mesh.locality.mode === 'off', seen: mesh.locality.mode };
  });
}
