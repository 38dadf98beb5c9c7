import type { KubeObject } from '../../contract';
import type { Json } from '../json';
import { badRequest, notFound } from '../status';
import type { ApiContext, ApiRequest } from './request';

interface Options {
  tailLines?: number;
  sinceMs?: number;
  limitBytes?: number;
  timestamps: boolean;
  follow: boolean;
}

const PODS = { group: '', resource: 'pods' };

function whole(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) {
    throw badRequest(
      `${name}: Invalid value: ${JSON.stringify(
        text,
      )}: must be greater than or equal to 0`,
    );
  }
  return value;
}

const isTrue = (text: string | null) => text === 'true' || text === '1';

function optionsOf(query: URLSearchParams, now: number): Options {
  const since = whole(query, 'sinceSeconds');
  const time = query.get('sinceTime');
  return {
    tailLines: whole(query, 'tailLines'),
    limitBytes: whole(query, 'limitBytes'),
    sinceMs:
      (since === undefined ? undefined : now - since * 1000) ??
      (time ? Date.parse(time) : undefined),
    timestamps: isTrue(query.get('timestamps')),
    follow: isTrue(query.get('follow')),
  };
}

/** The container that a request means; 400 where it must name one, or names none of the pod's. */
function containerOf(pod: KubeObject, asked: string | null): string {
  const names: string[] = [
    ...(pod.spec.initContainers ?? []),
    ...pod.spec.containers,
  ].map((c: Json) => c.name);
  const { name } = pod.metadata;
  if (asked) {
    if (names.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  if (names.length > 1) {
    throw badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${names.join(
        ' ',
      )}]`,
    );
  }
  return names[0];
}

const stateOf = (pod: KubeObject, container: string): Json =>
  [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ].find((c: Json) => c.name === container)?.state ?? {};

/** The moment to which all lines of a container are ascribed: the end of its run, or the beginning while it runs. */
function writtenAt(pod: KubeObject, container: string): string {
  const { terminated, running } = stateOf(pod, container);
  return (
    terminated?.finishedAt ??
    running?.startedAt ??
    pod.metadata.creationTimestamp
  );
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}

function shown(text: string, time: string, options: Options): string {
  if (options.sinceMs !== undefined && Date.parse(time) < options.sinceMs) {
    return '';
  }
  let lines = linesOf(text);
  if (options.tailLines !== undefined) {
    lines = options.tailLines === 0 ? [] : lines.slice(-options.tailLines);
  }
  const stamp = options.timestamps
    ? `${time.replace('Z', '.000000000Z')} `
    : '';
  const out = lines.map(line => `${stamp}${line}\n`).join('');
  return options.limitBytes === undefined
    ? out
    : Buffer.from(out).subarray(0, options.limitBytes).toString();
}

/** GET of a pod's `/log`; `follow` goes on until the container ended. */
export function podLog(ctx: ApiContext, r: ApiRequest): void {
  const pod = ctx.storage.read(r.row, r.namespace, r.name!);
  if (!pod) throw notFound(PODS, r.name!);
  const options = optionsOf(r.query, ctx.now());
  const container = containerOf(pod, r.query.get('container'));
  if (isTrue(r.query.get('previous'))) {
    throw badRequest(
      `previous terminated container ${JSON.stringify(
        container,
      )} in pod ${JSON.stringify(r.name)} not found`,
    );
  }
  if (pod.status?.phase === 'Pending') {
    throw badRequest(
      `container ${JSON.stringify(container)} in pod ${JSON.stringify(
        r.name,
      )} is waiting to start: ContainerCreating`,
    );
  }
  const { response } = r.http;
  const uid = pod.metadata.uid!;
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write(shown(ctx.logs.read(uid), writtenAt(pod, container), options));
  if (options.follow && !stateOf(pod, container).terminated) {
    follow(ctx, r, pod, container, options);
  } else {
    response.end();
  }
}

/** Sends what is appended until the container has ended, the pod is gone or the client leaves. */
function follow(
  ctx: ApiContext,
  r: ApiRequest,
  pod: KubeObject,
  container: string,
  options: Options,
): void {
  const { response } = r.http;
  const uid = pod.metadata.uid!;
  let sent = ctx.logs.read(uid);
  const stop = ctx.storage.follow(({ type, object }) => {
    if (object.metadata.uid !== uid) return;
    const text = ctx.logs.read(uid);
    // The log keeps its end only; what no longer continues what was sent is sent anew.
    const fresh = text.startsWith(sent) ? text.slice(sent.length) : text;
    sent = text;
    const rest = { timestamps: options.timestamps, follow: true };
    if (fresh) response.write(shown(fresh, writtenAt(object, container), rest));
    if (type === 'DELETED' || stateOf(object, container).terminated) {
      response.end();
    }
  });
  response.on('close', stop);
}
