import { configMap } from '../manifests';
import type { Chapter } from '../session';

/** Commands that follow changes. */
export const watch: Chapter = async (k, check) => {
  const labelled = (name: string) => ({
    ...configMap(name, {}),
    metadata: { name, labels: { watched: name } },
  });
  await check('get -w', async () => {
    await k.ok('ack', 'create -f -', { stdin: labelled('w1') });
    const stream = k.stream('ack', 'get cm -l watched=w1 -w');
    try {
      await stream.until(/NAME\s+DATA\s+AGE\nw1\s+0/);
      await k.ok('ack', `patch cm w1 -p '{"data":{"a":"1"}}'`);
      await stream.until(/w1\s+1/);
    } finally {
      stream.stop();
    }
  });
  await check('get -w with events, as JSON', async () => {
    const stream = k.stream(
      'ack',
      'get cm -w --output-watch-events -o json -l watched=w1',
    );
    try {
      await stream.until(/^\{"type":"ADDED","object":\{/m);
      await k.ok('ack', 'label cm w1 more=yes');
      await stream.until(/^\{"type":"MODIFIED","object":\{/m);
      await k.ok('ack', 'delete cm w1');
      await stream.until(/^\{"type":"DELETED","object":\{/m);
    } finally {
      stream.stop();
    }
  });
  await check('wait', async () => {
    await k.ok('ack', 'create -f -', { stdin: configMap('w3', { a: '1' }) });
    await k.ok(
      'ack',
      `wait cm/w3 --for=jsonpath='{.data.a}'=1 --timeout=10s`,
      'condition met',
    );
    await k.fails(
      'ack',
      `wait cm/w3 --for=jsonpath='{.data.a}'=2 --timeout=1s`,
      'timed out waiting for the condition',
    );
    const waiting = k.ok('ack', 'wait cm/w3 --for=delete --timeout=20s');
    await k.ok('ack', 'delete cm w3', 'configmap "w3" deleted');
    await waiting;
    await k.fails(
      'ack',
      'wait cm/none --for=condition=Ready --timeout=1s',
      'NotFound',
    );
  });
  if (k.minor >= 31) {
    await check('wait --for=create', async () => {
      const waiting = k.ok(
        'ack',
        'wait cm/w4 --for=create --timeout=20s',
        'condition met',
      );
      await k.ok('ack', 'create -f -', { stdin: configMap('w4', {}) });
      await waiting;
    });
  }
};
