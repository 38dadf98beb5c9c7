import { parse } from 'yaml';
import {
  BOTH_WAYS,
  DISTRIBUTION,
  MESH,
  OUTLIER_DETECTION,
  RULES,
  startChanges as start,
} from '../__testUtils__/changes';
import { MESH_ID } from '../__testUtils__/FakeCloud';
import { destinationRule } from '../__testUtils__/objects';

describe('export of a change', () => {
  it('of a service is the DestinationRule, which applied by hand does the same', async () => {
    const { mesh, change, get, stop } = await start();
    const { id } = (await change({ reason: 'two\nlines' }).expect(201)).body;
    const path = `/v1/changes/${id}/export`;
    const { body } = await get(path).expect(200);
    const [{ content, ...file }] = body.files;
    expect(file.path).toBe(`mesh-dr/${MESH_ID}/default/reviews.yaml`);
    expect(content).toContain('# two\n# lines\n');
    const written = await mesh.get(RULES, 'default', 'reviews');
    expect(parse(content)).toEqual({
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'DestinationRule',
      metadata: { namespace: 'default', name: 'reviews' },
      spec: written!.spec,
    });
    expect(body.commands).toEqual([
      `kubectl --kubeconfig "$ASM_KUBECONFIG" apply --server-side --field-manager mesh-dr --force-conflicts --filename ${file.path}`,
    ]);
    await stop();
  });

  it('of a roll-back that deletes removes the file', async () => {
    const { change, post, get, stop } = await start();
    const { id } = (await change({}).expect(201)).body;
    const back = await post(`/v1/changes/${id}/rollback`)
      .send({ reason: 'enough' })
      .expect(201);
    const { body } = await get(`/v1/changes/${back.body.id}/export`);
    expect(body).toMatchObject({
      files: [],
      removed: [`mesh-dr/${MESH_ID}/default/reviews.yaml`],
    });
    expect(body.commands[0]).toContain(
      'delete destinationrule reviews --namespace default',
    );
    await stop();
  });

  it('of a mesh-wide switch is two calls of ASM, off first', async () => {
    const { mesh, change, get, stop } = await start();
    mesh.put(
      'destinationrules',
      destinationRule('reviews', {
        host: 'reviews',
        trafficPolicy: { outlierDetection: OUTLIER_DETECTION },
      }),
    );
    const failover = { mode: 'failover', failover: BOTH_WAYS };
    await change({ target: MESH, intent: failover }).expect(201);
    const { outlierDetection: _, ...distribution } = DISTRIBUTION;
    const { id } = (
      await change({ target: MESH, intent: distribution }).expect(201)
    ).body;
    const { body } = await get(`/v1/changes/${id}/export`).expect(200);
    const { action, calls } = JSON.parse(body.files[0].content);
    expect(action).toBe('UpdateMeshFeature');
    expect(calls).toEqual([
      { ServiceMeshId: MESH_ID, LocalityLoadBalancing: false },
      {
        ServiceMeshId: MESH_ID,
        LocalityLoadBalancing: true,
        LocalityLBConf: JSON.stringify({ distribute: distribution.distribute }),
      },
    ]);
    const [off, wait, on] = body.commands;
    expect(off).toBe(
      `aliyun servicemesh UpdateMeshFeature --ServiceMeshId ${MESH_ID} --LocalityLoadBalancing false`,
    );
    expect(wait).toContain('DescribeServiceMeshDetail');
    expect(on).toContain(`--LocalityLBConf '{"distribute":[{"from"`);
    await stop();
  });

  it('of a change that does not exist is refused', async () => {
    const { get, stop } = await start();
    const { body } = await get('/v1/changes/nosuch/export').expect(404);
    expect(body.error.message).toContain('nosuch');
    await stop();
  });
});
