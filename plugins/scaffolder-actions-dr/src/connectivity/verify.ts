import type {
  AckCluster,
  KubernetesConnection,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { diagnosePath } from './diagnose';
import type { NetworkFacts } from './facts';
import { pingFrom, probeId, startTarget, type ProbeOptions } from './probe';
import { explain, lastLine, type PairResult } from './report';

/** A cluster and the connection to its API server. */
export interface Side {
  cluster: AckCluster;
  connection: KubernetesConnection;
}

/** A Pod to be pinged, or why there is none. */
type Target =
  | { ip: string; remove(): Promise<void> }
  | { ip?: undefined; reason: string };

/**
 * Pings every cluster's Pod from every other cluster, and finds out why where there is no answer. A cluster in which no
 * probe can run fails its own pairs only. Leaves nothing behind, also after a cancel.
 *
 * @param told - called with each result as soon as it is known
 * @throws the signal's reason when the task was cancelled
 */
export async function verifyConnectivity(
  sides: Side[],
  facts: NetworkFacts,
  options: ProbeOptions,
  told: (result: PairResult) => void,
): Promise<PairResult[]> {
  const { signal } = options;
  const id = probeId();
  const targets = await Promise.all(
    sides.map(({ connection }) =>
      startTarget(connection, id, options).catch(
        (error): Target => ({ reason: error.message }),
      ),
    ),
  );
  try {
    signal?.throwIfAborted();
    const pairs = sides.flatMap((_, from) =>
      sides.flatMap((__, to) => (from === to ? [] : [{ from, to }])),
    );
    return await Promise.all(
      pairs.map(async ({ from, to }) => {
        const ends = [from, to].map(index => ({
          side: sides[index],
          target: targets[index],
        }));
        const result = await verifyPair(ends, facts, options);
        told(result);
        return result;
      }),
    );
  } finally {
    await Promise.allSettled(
      targets.map(target => target.ip !== undefined && target.remove()),
    );
  }
}

async function verifyPair(
  [from, to]: { side: Side; target: Target }[],
  facts: NetworkFacts,
  options: ProbeOptions,
): Promise<PairResult> {
  const names = { from: from.side.cluster.name, to: to.side.cluster.name };
  const failed = (detail: string): PairResult => ({
    ...names,
    ok: false,
    detail,
    causes: [],
  });
  const lacking = (end: Side, reason: string) =>
    failed(`not tested, no probe runs in ${end.cluster.name}: ${reason}`);
  if (from.target.ip === undefined) {
    return lacking(from.side, from.target.reason);
  }
  if (to.target.ip === undefined) return lacking(to.side, to.target.reason);
  const ip = to.target.ip;
  try {
    const ping = await pingFrom(from.side.connection, ip, options);
    if (ping.ok) {
      return { ...names, ok: true, detail: lastLine(ping.log), causes: [] };
    }
    const diagnosis = await diagnosePath(
      facts,
      { cluster: from.side.cluster, ip: ping.ip ?? from.target.ip },
      { cluster: to.side.cluster, ip },
      options.signal,
    );
    return {
      ...failed(explain(diagnosis, ping)),
      causes: diagnosis.causes,
    };
  } catch (error) {
    options.signal?.throwIfAborted();
    return failed(`not tested: ${(error as Error).message}`);
  }
}
