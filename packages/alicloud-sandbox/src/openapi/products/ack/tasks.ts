import { Cloud, data, nowIso } from '../../cloud';
import { ApiError } from '../../errors';
import { globalId, taskId as newTaskId } from '../../ids';
import type { ClusterEvent, Task } from '../../model';
import { beijingClock, beijingTime } from './times';

/** The newest this many events are kept for each cluster. */
const EVENTS_KEPT = 200;

/** Starts a task in its first stage. */
export function startTask(
  cloud: Cloud,
  clusterId: string,
  options: { type: string; stage: string; target?: Task['target'] },
): Task {
  const now = nowIso(cloud);
  const { type, stage, target } = options;
  const task: Task = {
    taskId: newTaskId(),
    clusterId,
    type,
    state: 'running',
    stage,
    stages: [{ name: stage, state: 'running', start: now }],
    ...(target ? { target } : {}),
    created: now,
    updated: now,
  };
  data(cloud).tasks[task.taskId] = task;
  addEvent(cloud, task, 'Started', `Start: ${stage}`);
  return task;
}

/** Ends the present stage well and goes on with the next one. */
export function enterStage(cloud: Cloud, taskId: string, stage: string): void {
  const task = data(cloud).tasks[taskId];
  if (task?.state !== 'running' || task.stage === stage) return;
  closeStage(cloud, task, 'success');
  task.stage = stage;
  task.stages?.push({ name: stage, state: 'running', start: nowIso(cloud) });
  addEvent(cloud, task, 'Started', `Start: ${stage}`);
}

/** Ends the task well, or with an error. */
export function endTask(
  cloud: Cloud,
  taskId: string,
  error?: Task['error'],
): void {
  const task = data(cloud).tasks[taskId];
  if (task?.state !== 'running') return;
  task.state = error ? 'fail' : 'success';
  if (error) task.error = error;
  closeStage(cloud, task, task.state);
  addEvent(
    cloud,
    task,
    error ? 'Failed' : 'Succeeded',
    error ? error.message : `Finished: ${task.stage}`,
  );
}

function closeStage(cloud: Cloud, task: Task, state: Task['state']): void {
  task.updated = nowIso(cloud);
  const stage = task.stages?.[task.stages.length - 1];
  if (!stage) return;
  stage.state = state;
  stage.end = nowIso(cloud);
}

function addEvent(
  cloud: Cloud,
  task: Task,
  reason: 'Started' | 'Succeeded' | 'Failed',
  message: string,
): void {
  const all = data(cloud);
  all.events.push({
    eventId: globalId('e'),
    clusterId: task.clusterId,
    taskId: task.taskId,
    level: reason === 'Failed' ? 'warning' : 'info',
    reason,
    message,
    time: nowIso(cloud),
  });
  const own = all.events.filter(event => event.clusterId === task.clusterId);
  if (own.length > EVENTS_KEPT) {
    all.events = all.events.filter(event => event !== own[0]);
  }
}

/** What a failed step says about itself in a task. */
export function taskError(error: unknown): { code: string; message: string } {
  return error instanceof ApiError
    ? { code: error.code, message: error.message }
    : { code: 'InternalError', message: String(error) };
}

/** @throws ApiError `ErrorTaskNotFound`, 404. */
export function findTask(cloud: Cloud, taskId: string): Task {
  const { tasks } = data(cloud);
  if (!Object.hasOwn(tasks, taskId)) {
    throw new ApiError(
      'ErrorTaskNotFound',
      `The task ${taskId} is not found.`,
      404,
    );
  }
  return tasks[taskId];
}

/** A row of DescribeClusterTasks. */
export function taskRow(task: Task) {
  return {
    created: beijingTime(task.created),
    ...(task.error ? { error: task.error } : {}),
    state: task.state,
    task_id: task.taskId,
    task_type: task.type,
    updated: beijingTime(task.updated),
  };
}

/** The answer of DescribeTaskInfo. */
export function taskShape(cloud: Cloud, task: Task) {
  const target = task.target ?? { id: task.clusterId, type: 'cluster' };
  return {
    ...taskRow(task),
    cluster_id: task.clusterId,
    current_stage: task.stage,
    events: data(cloud)
      .events.filter(event => event.taskId === task.taskId)
      .map(event => ({
        action: task.type,
        level: event.level === 'warning' ? 'Warning' : 'Normal',
        message: event.message,
        reason: event.reason,
        source: 'ACK',
        timestamp: String(Date.parse(event.time)),
      })),
    outputs: {},
    parameters: {},
    stages: (task.stages ?? []).map(stage => ({
      end_time: stage.end ? beijingClock(stage.end) : '',
      message: stage.name,
      outputs: {},
      start_time: beijingClock(stage.start),
      state: stage.state,
    })),
    target,
    task_result:
      task.state === 'running' ? [] : [{ data: target.id, status: task.state }],
  };
}

/** A row of DescribeClusterEvents. */
export function eventRow(cloud: Cloud, event: ClusterEvent) {
  const task = data(cloud).tasks[event.taskId];
  return {
    cluster_id: event.clusterId,
    data: {
      level: event.level,
      message: event.message,
      reason: event.reason,
    },
    event_id: event.eventId,
    source: 'task',
    subject: task?.target?.id ?? event.clusterId,
    time: beijingTime(event.time),
    type: task?.type ?? '',
  };
}
