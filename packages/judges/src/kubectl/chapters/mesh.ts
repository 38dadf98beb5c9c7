import { destinationRule } from '../manifests';
import { expectSame, type Chapter } from '../session';

/** Custom resources: the API server of a mesh. */
export const mesh: Chapter = async (k, check) => {
  const outlier = (interval: string) => ({
    host: 'reviews',
    trafficPolicy: { outlierDetection: { interval, consecutive5xxErrors: 1 } },
  });
  await check('apply a custom resource', async () => {
    await k.ok(
      'asm',
      'apply -f -',
      { stdin: destinationRule('reviews', outlier('1s')) },
      'destinationrule.networking.istio.io/reviews created',
    );
    await k.ok(
      'asm',
      'apply -f -',
      { stdin: destinationRule('reviews', outlier('1s')) },
      'unchanged',
    );
    await k.ok(
      'asm',
      'apply -f -',
      { stdin: destinationRule('reviews', outlier('2s')) },
      'configured',
    );
    await k.ok('asm', 'get dr', /NAME\s+HOST\s+AGE\nreviews\s+reviews\s/);
    await k.ok('asm', 'describe dr reviews', /Interval:\s+2s/);
  });
  await check('other served versions of it', () =>
    k.ok(
      'asm',
      'get destinationrules.v1beta1.networking.istio.io reviews -o yaml',
      'apiVersion: networking.istio.io/v1beta1',
    ),
  );
  await check('patch, label, edit of a custom resource', async () => {
    await k.ok(
      'asm',
      `patch dr reviews --type=merge -p '{"spec":{"exportTo":["*"]}}'`,
      'patched',
    );
    await k.ok(
      'asm',
      `patch dr reviews --type=json -p '[{"op":"add","path":"/spec/subsets","value":[{"name":"v1","labels":{"version":"v1"}}]}]'`,
      'patched',
    );
    expectSame(
      await k.ok(
        'asm',
        'get dr reviews -o jsonpath={.spec.exportTo[0]}{.spec.subsets[0].name}',
      ),
      '*v1',
    );
    await k.fails(
      'asm',
      `patch dr reviews --type=strategic -p '{"spec":{}}'`,
      'application/strategic-merge-patch+json is not supported by networking.istio.io/v1, Kind=DestinationRule: the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    );
    await k.ok('asm', 'label dr reviews team=shop', 'labeled');
  });
  await check('apply --server-side of a custom resource', async () => {
    const line = (manager: string) =>
      `apply --server-side --field-manager=${manager} -f -`;
    await k.ok(
      'asm',
      line('one'),
      { stdin: destinationRule('ratings', outlier('1s')) },
      'serverside-applied',
    );
    await k.fails(
      'asm',
      line('two'),
      { stdin: destinationRule('ratings', outlier('3s')) },
      'conflict with "one": .spec.trafficPolicy.outlierDetection.interval',
    );
    await k.ok('asm', `${line('two')} --force-conflicts`, {
      stdin: destinationRule('ratings', outlier('3s')),
    });
  });
  await check('refusals of a custom resource', async () => {
    await k.fails(
      'asm',
      'apply -f -',
      { stdin: destinationRule('bad', { hosst: 'x', host: 'x' }) },
      /unknown field "spec\.hosst"/,
    );
    await k.fails(
      'asm',
      'apply --validate=false -f -',
      { stdin: destinationRule('bad', { host: 1 }) },
      'The DestinationRule "bad" is invalid',
      'spec.host: Invalid value: "integer": spec.host in body must be of type string: "integer"',
    );
    await k.fails(
      'asm',
      'apply --validate=false -f -',
      { stdin: destinationRule('bad', {}) },
      'The DestinationRule "bad" is invalid: spec.host: Required value',
    );
  });
  await check('replace and delete a custom resource', async () => {
    const now = JSON.parse(await k.ok('asm', 'get dr reviews -o json'));
    now.spec.host = 'reviews.default.svc.cluster.local';
    await k.ok('asm', 'replace -f -', { stdin: now }, 'replaced');
    await k.fails(
      'asm',
      'replace -f -',
      { stdin: now },
      'the object has been modified',
    );
    await k.ok(
      'asm',
      'delete dr reviews ratings',
      /"reviews" deleted/,
      /"ratings" deleted/,
    );
    const { stderr } = await k.run('asm', 'get dr');
    expectSame(stderr, 'No resources found in default namespace.\n');
  });
};
