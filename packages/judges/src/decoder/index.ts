import { startSandbox } from '@mesh-dr/alicloud-sandbox';
import type { Judge, Verdict } from '../judge';
import { clientOf, forAll, type Answer, type Call } from './client';
import { buildDecoder, decode, samples, type Said } from './go';
import { pathOf, tamed } from './kinds';
import { mutationsOf, type Mutation } from './mutations';

type Json = any;

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

let binary = '';

/** So many wrong values are tried for each field. */
const PER_VALUE = 2;

/** Kubernetes' own decoder (Go, `k8s.io/apimachinery`): what it refuses is refused in the same words, in JSON and protobuf. */
export const decoder: Judge = {
  name: 'decoder',
  description: "Kubernetes' own decoder in Go, field by field",
  async unavailable() {
    try {
      binary = await buildDecoder();
      return undefined;
    } catch (error) {
      return `it needs Go and its module proxy: ${
        (error as Error).message.split('\n')[0]
      }`;
    }
  },
  async run(report) {
    const sandbox = await startSandbox({ gatewayPort: 0 });
    try {
      const cluster = await sandbox.kube.open({
        id: 'cdecoder'.padEnd(33, '0'),
        kind: 'ack',
        name: 'decoder',
        region: 'cn-hangzhou',
        kubernetesVersion: '1.32.1-aliyun.1',
      });
      const call = clientOf(cluster);
      await call(pathOf('Namespace'), JSON_TYPE, '{"metadata":{"name":"s"}}');
      for (const sample of await samples(binary)) {
        await judgeKind(call, tamed(sample), report);
      }
    } finally {
      await sandbox.stop();
    }
  },
};

/** What differs between two creations of the same object. */
function comparable({ status, body }: Answer): string {
  const {
    uid: _u,
    creationTimestamp: _c,
    managedFields: _m,
    ...metadata
  } = body.metadata ?? {};
  return JSON.stringify({ status, body: { ...body, metadata } }, (_, value) =>
    // Keys in one order.
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort())
      : value,
  );
}

/** Creates a full object from JSON and from protobuf: the same must come out. */
async function judgeProtobuf(call: Call, sample: Json): Promise<Verdict> {
  const [{ protobuf, lenient }] = await decode(binary, [sample]);
  const path = `${pathOf(sample.kind)}?dryRun=All`;
  const plain = await call(path, JSON_TYPE, JSON.stringify(sample));
  const packed = await call(
    path,
    PROTOBUF_TYPE,
    Buffer.from(protobuf, 'base64'),
  );
  const same = comparable(plain) === comparable(packed);
  return {
    name: `${sample.kind} as protobuf is what it is as JSON`,
    ok: lenient === '' && plain.status === 201 && same,
    detail:
      same && plain.status === 201
        ? undefined
        : `${lenient}\nJSON:     ${comparable(plain)}\nprotobuf: ${comparable(
            packed,
          )}`,
  };
}

/** Undefined when the answer is the decoder's. */
async function difference(
  call: Call,
  { object, what }: Mutation,
  kind: string,
  said: Said,
): Promise<string | undefined> {
  const validation = said.lenient ? 'Ignore' : 'Strict';
  const { body } = await call(
    `${pathOf(kind)}?dryRun=All&fieldValidation=${validation}`,
    JSON_TYPE,
    JSON.stringify(object),
  );
  const words = said.lenient || said.strict;
  const refusal = `${kind} in version "v1" cannot be handled as a ${kind}: `;
  const heard: string = body.kind === 'Status' ? body.message : '';
  if (words ? heard === refusal + words : !heard.startsWith(refusal)) {
    return undefined;
  }
  return `${what}\n  expected: ${words || 'nothing'}\n  heard:    ${heard}`;
}

async function judgeKind(
  call: Call,
  sample: Json,
  report: (verdict: Verdict) => void,
): Promise<void> {
  report(await judgeProtobuf(call, sample));
  const mutations = mutationsOf(sample, PER_VALUE);
  const said = await decode(
    binary,
    mutations.map(m => m.object),
  );
  const jobs = mutations.map((mutation, i) => ({ mutation, said: said[i] }));
  const differences = (
    await forAll(jobs, job =>
      difference(call, job.mutation, sample.kind, job.said),
    )
  ).filter(text => text !== undefined);
  report({
    name: `${sample.kind}: ${mutations.length} values judged as the decoder does`,
    ok: differences.length === 0,
    detail: differences.length
      ? `${differences.length} differ:\n${differences.slice(0, 12).join('\n')}`
      : undefined,
  });
}
