import { join } from 'node:path';
import type { Judge } from '../judge';
import { onFreshCloud, placeOf } from '../tools/cloud';
import { sourceFile } from '../tools/places';
import { pythonEnvironment } from '../tools/python';
import { runProgram } from '../tools/verdicts';

/** The typed SDKs of all five products (npm has no typed one for CEN and ASM), and the core of the first generation. */
const REQUIREMENTS = [
  'alibabacloud_vpc20160428==7.2.2',
  'alibabacloud_ecs20140526==7.11.8',
  'alibabacloud_cs20151215==7.2.3',
  'alibabacloud_cbn20170912==1.4.0',
  'alibabacloud_servicemesh20200111==3.4.0',
  'aliyun-python-sdk-core==2.16.1',
];

const LIMIT_MS = 120_000;

let bin = '';

/** The guide from create to delete through the cloud's typed Python SDKs, over TLS with the sandbox's authority. */
export const python: Judge = {
  name: 'python',
  description: 'the official Python SDKs walk through the guide over TLS',
  async unavailable() {
    try {
      bin = await pythonEnvironment('python', REQUIREMENTS);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  },
  run: report =>
    onFreshCloud(report, sandbox =>
      runProgram(
        join(bin, 'python'),
        [
          sourceFile('python/program/main.py'),
          JSON.stringify(placeOf(sandbox)),
        ],
        {
          env: {
            SSL_CERT_FILE: sandbox.caFile!,
            PYTHONDONTWRITEBYTECODE: '1',
          },
          limitMs: LIMIT_MS,
          report,
        },
      ),
    ),
};
