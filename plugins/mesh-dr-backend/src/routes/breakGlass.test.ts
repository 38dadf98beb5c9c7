import { parse } from 'yaml';
import {
  OUTLIER_DETECTION,
  SUBSETS,
  startChanges as start,
} from '../__testUtils__/changes';
import { MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { destinationRule, podName } from '../__testUtils__/objects';
import { hashOf } from '../locality/canonical';

const path = `/v1/meshes/${MESH_ID}/services/default/reviews/break-glass`;

describe('the break-glass bundle', () => {
  it('empties each region with kubectl alone, and leads back', async () => {
    const { mesh, change, get, stop } = await start();
    mesh.put(
      'destinationrules',
      destinationRule('reviews', { host: 'reviews', subsets: SUBSETS }),
    );
    await change({}).expect(201);
    const { body } = await get(path).expect(200);
    expect(
      body.acts.map(({ leave, to, ready }: any) => [leave, to, ready]),
    ).toEqual([
      ['cn-hangzhou', 'cn-shanghai', 1],
      ['cn-shanghai', 'cn-hangzhou', 1],
    ]);
    const [{ files, commands, back }] = body.acts;
    const [there, before] = files.map(({ content }: any) => parse(content));
    expect(there).toMatchObject({
      kind: 'DestinationRule',
      metadata: { namespace: 'default', name: 'reviews' },
      spec: {
        trafficPolicy: {
          loadBalancer: {
            localityLbSetting: {
              failoverPriority: ['topology.kubernetes.io/region=cn-shanghai'],
            },
          },
          // What is in force stays in force.
          outlierDetection: OUTLIER_DETECTION,
        },
      },
    });
    expect(
      before.spec.trafficPolicy.loadBalancer.localityLbSetting.failover,
    ).toHaveLength(2);
    expect(commands[0]).toContain(files[0].path);
    expect(back[0]).toContain(files[1].path);
    expect(body.instructions).toContain(commands[0]);
    expect(body.instructions).toContain('cn-hangzhou is lost');
    const { digest, ...content } = body;
    expect(digest).toBe(hashOf(content));
    await stop();
  });

  it('deletes on the way back what did not exist before', async () => {
    const { get, rule, stop } = await start();
    const { body } = await get(path).expect(200);
    expect(body.acts[0].back).toEqual([
      expect.stringContaining('delete destinationrule reviews'),
    ]);
    expect(await rule()).toBeUndefined();
    await stop();
  });

  it('does not pretend that there is somewhere to go', async () => {
    const { connector, get, stop } = await start();
    connector
      .server(SHANGHAI_ID)
      .remove('pods', 'default', podName('cn-shanghai', 'reviews', 'v2'));
    const { body } = await get(path).expect(409);
    expect(body.error.message).toContain('deploy it to a second one');
    await stop();
  });
});
