import { call, type Access } from './client';
import {
  DEPLOYMENTS_PER_CLUSTER,
  NAMESPACES_PER_CLUSTER,
  PODS_PER_CLUSTER,
} from './protocol';

const POLL_MS = 500;

export const namespaceOf = (n: number) => `team-${n % NAMESPACES_PER_CLUSTER}`;

/** Replicas of the `n`th deployment: they add up to the pods of a cluster. */
export function replicasOf(n: number): number {
  const share = Math.floor(PODS_PER_CLUSTER / DEPLOYMENTS_PER_CLUSTER);
  return share + (n < PODS_PER_CLUSTER % DEPLOYMENTS_PER_CLUSTER ? 1 : 0);
}

function deployment(n: number) {
  const labels = { app: `app-${n}`, version: 'v1', team: namespaceOf(n) };
  const probe = { httpGet: { path: '/healthz', port: 8080 } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `app-${n}`, labels },
    spec: {
      replicas: replicasOf(n),
      selector: { matchLabels: { app: labels.app } },
      template: {
        metadata: { labels, annotations: { 'example.com/owner': labels.team } },
        spec: {
          containers: [
            {
              name: 'app',
              image: `registry.example.com/shop/app-${n}:1.4.2`,
              ports: [{ name: 'http', containerPort: 8080 }],
              env: [
                { name: 'LOG_LEVEL', value: 'info' },
                { name: 'REGION', value: 'cn-hangzhou' },
                {
                  name: 'POD_IP',
                  valueFrom: { fieldRef: { fieldPath: 'status.podIP' } },
                },
              ],
              resources: {
                requests: { cpu: '100m', memory: '128Mi' },
                limits: { cpu: '1', memory: '512Mi' },
              },
              readinessProbe: probe,
              livenessProbe: probe,
            },
          ],
        },
      },
    },
  };
}

function service(n: number) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `app-${n}` },
    spec: {
      selector: { app: `app-${n}` },
      ports: [{ name: 'http', port: 80, targetPort: 'http' }],
    },
  };
}

async function waitForPods(access: Access): Promise<void> {
  for (;;) {
    const { items } = JSON.parse(
      await call(access, 'GET', '/apis/apps/v1/deployments'),
    );
    const available = items.reduce(
      (sum: number, d: any) => sum + (d.status?.availableReplicas ?? 0),
      0,
    );
    if (available === PODS_PER_CLUSTER) return;
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
}

/** Makes namespaces, services and deployments over the API, and waits until all pods are available. */
export async function fill(access: Access): Promise<void> {
  for (let n = 0; n < NAMESPACES_PER_CLUSTER; n++) {
    await call(access, 'POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespaceOf(n) },
    });
  }
  for (let n = 0; n < DEPLOYMENTS_PER_CLUSTER; n++) {
    const at = namespaceOf(n);
    await call(access, 'POST', `/api/v1/namespaces/${at}/services`, service(n));
    await call(
      access,
      'POST',
      `/apis/apps/v1/namespaces/${at}/deployments`,
      deployment(n),
    );
  }
  await waitForPods(access);
}
