import type { OutboundCall } from '../dataPlane';
import type { HttpRequest, HttpResponse, PodView } from '../types';
import { bookinfoApp } from './bookinfo';

/** What a program inside a pod can see and do. */
export interface AppContext {
  /** Name of the pod: the HOSTNAME of its containers. */
  hostname: string;
  env: Record<string, string>;
  /** Calls another service the way the pod's network would carry it. Rejects when no HTTP answer came. */
  call(call: OutboundCall): Promise<HttpResponse>;
  /** State of this process; gone with the pod. */
  memory: Map<string, unknown>;
}

/** A program that serves HTTP. */
export interface App {
  port: number;
  handle(request: HttpRequest, context: AppContext): Promise<HttpResponse>;
}

/** The program a pod runs, by its image; undefined for images the sandbox does not know. */
export function appOf(
  pod: PodView,
): { app: App; env: Record<string, string> } | undefined {
  for (const container of pod.containers) {
    const app = bookinfoApp(container.image, pod.labels.version);
    if (app) {
      return { app, env: container.env };
    }
  }
  return undefined;
}
