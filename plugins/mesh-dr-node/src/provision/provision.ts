import { randomUUID } from 'node:crypto';
import { NotFoundError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import type { Alicloud, CallOptions, Tags } from '../alicloud/types';
import { limitCalls } from './calls';
import { describeError } from './cloudErrors';
import { ensure } from './ensure';
import {
  collectOutputs,
  createContext,
  environmentResources,
  regionsOf,
  selectKinds,
  type EnvironmentOutputs,
} from './environment';
import { Experience } from './experience';
import { buildGraph, walk, type Outcome } from './graph';
import { defaultPace } from './pace';
import { preflightSpec } from './preflight';
import { reshape, type Permissions } from './reshape';
import type { EnvironmentSpec } from './spec';
import { carriesEnvironment, TAG_UID } from './tags';
import { TAG_ENVIRONMENT } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  Pace,
  ProgressEvent,
  Resource,
  ResourceKind,
  ResourceReport,
} from './types';

export interface ProvisionOptions extends Permissions {
  /** Only these kinds; what they depend on must exist. Default: everything. */
  kinds?: readonly ResourceKind[];
  signal?: AbortSignal;
  onProgress?(event: ProgressEvent): void;
  /**
   * Identity of what this run creates. A durable value (a task's checkpoint) makes even the very first create safe to
   * repeat after a crash. Default: that of the environment, if it exists.
   */
  uid?: string;
  /** Calls in flight at once to each product; default 8. */
  concurrency?: number;
  pace?: Partial<Pace>;
}

export interface ProvisionReport {
  environment: string;
  uid: string;
  status: 'ready' | 'failed' | 'cancelled';
  elapsedMs: number;
  resources: ResourceReport[];
  outputs: EnvironmentOutputs;
}

/** The identities that existing resources of the environment carry, sorted. */
async function existingUids(
  cloud: Alicloud,
  spec: EnvironmentSpec,
  call: CallOptions,
): Promise<string[]> {
  const tags = { [TAG_ENVIRONMENT]: spec.name };
  // vSwitches too: CEN and VPC may be adopted, and then carry no tag of ours.
  const found = await Promise.all<{ tags: Tags }[]>([
    cloud.cen.describeCens({ tags }, call),
    ...regionsOf(spec).flatMap(regionId => [
      cloud.vpc.describeVpcs({ regionId, tags }, call),
      cloud.vpc.describeVSwitches({ regionId, tags }, call),
    ]),
  ]);
  const uids = found
    .flat()
    .filter(item => carriesEnvironment(item.tags, spec.name))
    .map(item => item.tags[TAG_UID])
    .filter(Boolean);
  return [...new Set(uids)].sort();
}

function reportOf(
  resource: Resource,
  outcome: Outcome,
  done: Pick<ResourceReport, 'result' | 'id'> | undefined,
  elapsedMs: number,
): ResourceReport {
  const { key, kind, title } = resource;
  const base = { key, kind, title, elapsedMs };
  switch (outcome.state) {
    case 'done':
      return { ...base, result: 'unchanged', ...done };
    case 'skipped':
      return {
        ...base,
        result: 'skipped',
        reason: `waits for ${outcome.because.join(', ')}`,
      };
    case 'cancelled':
      return { ...base, result: 'cancelled' };
    default:
      return {
        ...base,
        result: 'failed',
        reason: describeError(outcome.error),
      };
  }
}

/**
 * Makes the cloud equal the spec. Every resource starts the moment its dependencies are ready; a failure does not stop
 * independent branches; running again resumes. Abort the signal to cancel: what exists stays and is found next time.
 *
 * @returns the report, also when resources failed (`status`)
 * @throws InputError when the cloud cannot do what the spec asks; AlicloudError when the key is wrong
 */
export async function provisionEnvironment(
  cloud: Alicloud,
  spec: EnvironmentSpec,
  options: ProvisionOptions = {},
): Promise<ProvisionReport> {
  const { signal } = options;
  const pace = { ...defaultPace, ...options.pace };
  const call = { signal };
  const begin = pace.now();
  const elapsed = () => pace.now() - begin;
  const bounded = limitCalls(cloud, options.concurrency ?? 8);
  await preflightSpec(bounded, spec, call);
  const uids = await existingUids(bounded, spec, call);
  // Not the other way round: what carries another identity may be gone already, and a lagging listing shows it.
  const uid = options.uid ?? uids[0] ?? randomUUID();
  const hasOthers = uids.some(other => other !== uid);
  const removed = await reshape(bounded, spec, {
    prune: options.prune,
    replace: options.replace,
    pace,
    call,
    elapsed,
    onProgress: options.onProgress,
  });

  const { resources, prerequisites } = selectKinds(
    environmentResources(spec),
    options.kinds,
  );
  const graph = buildGraph(resources);
  const outputs = new Map<string, JsonObject>();
  const context = createContext({ cloud: bounded, spec, uid, call, outputs });
  const results = new Map<string, Pick<ResourceReport, 'result' | 'id'>>();
  const ended = new Map<string, number>();
  const fresh = new Set<string>();
  const experience = new Experience();
  const progress = (event: Omit<ProgressEvent, 'elapsedMs'>) =>
    options.onProgress?.({ ...event, elapsedMs: elapsed() });

  const outcomes = await walk(
    graph,
    async resource => {
      const { key } = resource;
      try {
        if (prerequisites.has(key)) {
          const seen = await resource.find(context);
          if (!seen || seen.state !== 'ready') {
            throw new NotFoundError(
              `${resource.title} ${
                seen ? `is "${seen.status}"` : 'does not exist yet'
              } in environment ${
                spec.name
              }; provision it first, or use dr:environment:provision for everything`,
            );
          }
          outputs.set(key, seen.outputs);
          results.set(key, { result: 'unchanged', id: seen.id });
          return;
        }
        const { observed, result, isNew } = await ensure(resource, context, {
          pace,
          signal,
          experience,
          // Tokens recognise what was asked for under the same identity alone. Nothing is older than what it depends on.
          trustedFrom:
            (resource.guard === 'look' || hasOthers) &&
            !resource.dependencies.some(other => fresh.has(other))
              ? begin + pace.listingLagMs
              : undefined,
          emit: (state, fields) => progress({ key, state, ...fields }),
        });
        if (isNew) fresh.add(key);
        outputs.set(key, observed.outputs);
        results.set(key, { result, id: observed.id });
      } catch (error) {
        if (signal?.aborted) progress({ key, state: 'cancelled' });
        else progress({ key, state: 'failed', detail: describeError(error) });
        throw error;
      } finally {
        ended.set(key, elapsed());
      }
    },
    { signal },
  );

  const reports = graph
    .overallOrder()
    .map(key =>
      reportOf(
        graph.getNodeData(key),
        outcomes.get(key)!,
        results.get(key),
        ended.get(key) ?? elapsed(),
      ),
    );
  for (const { key, result, reason } of reports) {
    if (result === 'skipped')
      progress({ key, state: 'skipped', detail: reason });
  }
  const all = [...removed, ...reports];
  let status: ProvisionReport['status'] = 'ready';
  if (all.some(report => report.result === 'failed')) status = 'failed';
  if (signal?.aborted) status = 'cancelled';
  return {
    environment: spec.name,
    uid,
    status,
    elapsedMs: elapsed(),
    resources: all,
    outputs: collectOutputs(spec, cloud.account, outputs),
  };
}
