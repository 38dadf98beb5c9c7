import type {
  ChangeExport,
  Shift,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { HANGZHOU, mesh, SHANGHAI } from './topology';

/** A shift in its second step. */
export function makeShift(overrides: Partial<Shift> = {}): Shift {
  return {
    id: 'shift-1',
    target: { meshId: mesh.id, namespace: 'default', name: 'reviews' },
    from: HANGZHOU,
    to: SHANGHAI,
    steps: [10, 25, 50, 100],
    holdSeconds: 300,
    outlierDetection: { consecutive5xxErrors: 3, maxEjectionPercent: 100 },
    reason: 'Move out before the maintenance',
    status: 'running',
    requestedBy: 'user:default/ada',
    requestedAt: '2026-03-04T05:06:07.000Z',
    percent: 25,
    changeIds: ['change-8', 'change-9'],
    ...overrides,
  };
}

export const exported: ChangeExport = {
  changeId: 'change-1',
  files: [
    {
      path: 'destinationrules/default-reviews.yaml',
      content:
        'apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata:\n  name: reviews\n',
    },
  ],
  removed: [],
  commands: [
    'kubectl --kubeconfig "$ASM_KUBECONFIG" apply -f destinationrules/default-reviews.yaml',
  ],
};
