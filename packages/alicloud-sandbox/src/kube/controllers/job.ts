import type { KubeObject } from '../../contract';
import { clone, timestamp } from '../json';
import { byOwner } from '../indexes';
import { JOBS, PODS } from '../kinds';
import { isActive, isPodReady, isTrue, setCondition } from './conditions';
import {
  controllerOf,
  keyOf,
  ownedBy,
  ownerReference,
  splitKey,
  type Controller,
  type ControllerContext,
} from './manager';

/** Runs Jobs: pods until enough succeeded, or too many failed, or the deadline passed. */
export function jobController(ctx: ControllerContext): Controller {
  const { storage } = ctx;
  const name = 'job-controller';
  const timers = new Map<string, () => void>();

  function later(job: KubeObject, what: string, ms: number) {
    const id = `${job.metadata.uid} ${what}`;
    if (timers.has(id)) return;
    timers.set(
      id,
      ctx.after(Math.max(0, ms), () => {
        timers.delete(id);
        if (what === 'ttl') {
          const current = storage.get(
            JOBS,
            job.metadata.namespace,
            job.metadata.name,
          );
          if (current?.metadata.uid === job.metadata.uid)
            storage.delete(JOBS, job.metadata.namespace, job.metadata.name);
        } else reconcile(keyOf(job), true);
      }),
    );
  }

  const podsOf = (job: KubeObject) =>
    storage.find(PODS, byOwner(job.metadata.uid!)).filter(p => ownedBy(p, job));

  function startPod(job: KubeObject) {
    const template = clone(job.spec.template);
    const pod = storage.create(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...template.metadata,
        name: '',
        generateName: `${job.metadata.name}-`,
        namespace: job.metadata.namespace,
        ownerReferences: [ownerReference(job)],
      },
      spec: template.spec,
    });
    ctx.event(
      job,
      'Normal',
      'SuccessfulCreate',
      `Created pod: ${pod.metadata.name}`,
      name,
    );
  }

  function finish(
    job: KubeObject,
    type: 'Complete' | 'Failed',
    reason: string,
    message: string,
  ) {
    const { namespace, name: at } = job.metadata;
    for (const pod of podsOf(job).filter(isActive))
      storage.delete(PODS, namespace, pod.metadata.name);
    storage.update(JOBS, namespace, at, o => {
      setCondition(o, { type, status: 'True', reason, message }, ctx.now(), {
        lastProbeTime: timestamp(ctx.now()),
      });
      if (type === 'Complete') o.status.completionTime = timestamp(ctx.now());
      delete o.status.active;
      o.status.ready = 0;
    });
    ctx.event(
      job,
      type === 'Complete' ? 'Normal' : 'Warning',
      type === 'Complete' ? 'Completed' : reason,
      message,
      name,
    );
  }

  function reconcile(key: string, deadlinePassed = false) {
    const [namespace, at] = splitKey(key);
    const job = storage.get(JOBS, namespace, at);
    if (!job || job.metadata.deletionTimestamp) return;
    if (isTrue(job, 'Complete') || isTrue(job, 'Failed')) {
      const ttl = job.spec.ttlSecondsAfterFinished;
      if (ttl !== undefined) later(job, 'ttl', ttl * 1000);
      return;
    }
    const pods = podsOf(job);
    const active = pods.filter(isActive);
    const succeeded = pods.filter(p => p.status?.phase === 'Succeeded').length;
    const failed = pods.filter(p => p.status?.phase === 'Failed').length;
    const restarts = active.reduce(
      (n, p) =>
        n +
        Math.max(
          0,
          ...(p.status?.containerStatuses ?? []).map(
            (c: any) => c.restartCount,
          ),
        ),
      0,
    );
    const current = storage.update(JOBS, namespace, at, o => {
      o.status = {
        ...o.status,
        startTime:
          o.status?.startTime ??
          (job.spec.suspend ? undefined : timestamp(ctx.now())),
        active: active.length || undefined,
        ready: active.filter(isPodReady).length,
        succeeded: succeeded || undefined,
        failed: failed || undefined,
        terminating: 0,
      };
    })!;
    const deadline = job.spec.activeDeadlineSeconds;
    if (deadline !== undefined) {
      later(job, 'deadline', deadline * 1000);
      if (deadlinePassed) {
        finish(
          current,
          'Failed',
          'DeadlineExceeded',
          'Job was active longer than specified deadline',
        );
        return;
      }
    }
    if (failed + restarts > job.spec.backoffLimit) {
      finish(
        current,
        'Failed',
        'BackoffLimitExceeded',
        'Job has reached the specified backoff limit',
      );
    } else if (succeeded >= job.spec.completions) {
      finish(
        current,
        'Complete',
        'CompletionsReached',
        'Reached expected number of succeeded pods',
      );
    } else if (!job.spec.suspend) {
      const wanted = Math.min(
        job.spec.parallelism,
        job.spec.completions - succeeded,
      );
      for (let missing = wanted - active.length; missing > 0; missing -= 1)
        startPod(job);
    }
  }

  return {
    name,
    keys({ object }) {
      if (object.kind === 'Job') return [keyOf(object)];
      const owner = object.kind === 'Pod' ? controllerOf(object) : undefined;
      return owner?.kind === 'Job'
        ? [`${object.metadata.namespace}/${owner.name}`]
        : [];
    },
    reconcile,
    stop() {
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}
