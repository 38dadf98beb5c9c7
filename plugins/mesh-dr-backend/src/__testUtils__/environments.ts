import {
  GUIDE_PLAN,
  type PutEnvironmentRequest,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { HANGZHOU_ID, MESH_ID, SHANGHAI_ID } from './FakeCloud';

/** What a template reports of the guide's environment. */
export function guideEnvironment(
  changes: Partial<PutEnvironmentRequest> = {},
): PutEnvironmentRequest {
  return {
    account: 'default',
    owner: 'group:default/platform',
    status: 'ready',
    spec: {
      name: 'guide',
      network: GUIDE_PLAN,
      cen: { bandwidthMbps: 100 },
      clusters: { instanceTypes: ['ecs.g7.xlarge'] },
      mesh: {},
      apiServerAccess: 'public',
    },
    parts: {
      cenId: 'cen-1',
      mesh: {
        id: MESH_ID,
        name: 'asm-guide',
        region: 'cn-hangzhou',
        version: 'v1.22.6.66-g1a2b3c4d-aliyun',
      },
      clusters: [
        { id: HANGZHOU_ID, name: 'ack-hangzhou', region: 'cn-hangzhou' },
        { id: SHANGHAI_ID, name: 'ack-shanghai', region: 'cn-shanghai' },
      ],
      vpcs: [],
    },
    ...changes,
  };
}
