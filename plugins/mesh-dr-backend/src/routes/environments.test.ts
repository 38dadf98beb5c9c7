import { GRANT_HEADER } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { FakeCloud } from '../__testUtils__/FakeCloud';
import { guideEnvironment } from '../__testUtils__/environments';
import { startPlugin } from '../__testUtils__/startPlugin';

const SERVICE = { service: true };
const PATH = '/v1/environments/guide';

describe('environments', () => {
  it('are reported by a task with a grant, listed, and forgotten when they are gone', async () => {
    const { get, post, put, delete: del, stop } = await startPlugin();
    const { body: grant } = await post('/v1/grants').send({
      environment: 'guide',
      operations: ['environment.provision', 'environment.destroy'],
    });
    await put(PATH, SERVICE)
      .set(GRANT_HEADER, grant.id)
      .send(guideEnvironment({ status: 'provisioning', parts: undefined }))
      .expect(200);
    const { body } = await put(PATH, SERVICE)
      .set(GRANT_HEADER, grant.id)
      .send(guideEnvironment())
      .expect(200);
    expect(body).toMatchObject({
      name: 'guide',
      status: 'ready',
      regions: ['cn-hangzhou', 'cn-shanghai'],
      updatedBy: 'user:default/owner',
    });
    expect((await get('/v1/environments').expect(200)).body.items).toEqual([
      body,
    ]);
    const detail = await get(PATH).expect(200);
    expect(detail.body.spec.network.vpcs).toHaveLength(3);

    const again = await put(PATH, SERVICE)
      .set(GRANT_HEADER, grant.id)
      .send(guideEnvironment({ status: 'provisioning', parts: undefined }));
    expect(again.body.parts).toEqual(body.parts);

    await del(PATH, SERVICE).set(GRANT_HEADER, grant.id).expect(204);
    await del(PATH, SERVICE).set(GRANT_HEADER, grant.id).expect(204);
    await get(PATH).expect(404);
    await stop();
  });

  it('are compared with the cloud; what cannot be compared is said', async () => {
    const cloud = new FakeCloud();
    const { get, post, put, stop } = await startPlugin({ cloud });
    await put(PATH).send(guideEnvironment({ status: 'provisioning' }));
    const early = await post(`${PATH}/drift`).expect(409);
    expect(early.body.error.message).toContain('is being provisioned');

    await put(PATH).send(guideEnvironment()).expect(200);
    // This fake knows no regions and zones, so nothing can be compared.
    const { body } = await post(`${PATH}/drift`).expect(200);
    expect(body.items).toEqual([]);
    expect(body.error).toBeTruthy();
    const { body: listed } = await get('/v1/environments');
    expect(listed.items[0].drift).toEqual(body);
    await post('/v1/environments/other/drift').expect(404);
    await stop();
  });

  it('refuse a spec that could not be provisioned, and one of another name', async () => {
    const { put, get, stop } = await startPlugin();
    const request = guideEnvironment();
    const wrong = await put('/v1/environments/other').send(request).expect(400);
    expect(wrong.body.error.message).toMatch(/spec\.name is 'guide'/);
    const broken = structuredClone(request) as any;
    broken.spec.network.clusters[1].podCidr = '10.0.0.0/16';
    const clash = await put(PATH).send(broken).expect(400);
    expect(clash.body.error.message).toMatch(/ack-hangzhou[^]*10\.0\.0\.0/);
    const unknown = await put(PATH)
      .send({ ...request, status: 'fine' })
      .expect(400);
    expect(unknown.body.error.message).toMatch(/status is "fine"/);
    await get(PATH).expect(404);
    await stop();
  });

  it('need the permissions to provision, to destroy and to read', async () => {
    const { put, get, post, delete: del, denied, stop } = await startPlugin();
    denied.add('mesh-dr.environment.provision');
    const refused = await put(PATH).send(guideEnvironment()).expect(403);
    expect(refused.body.error.message).toContain(
      'mesh-dr.environment.provision',
    );
    denied.clear();
    await put(PATH).send(guideEnvironment()).expect(200);
    denied.add('mesh-dr.environment.destroy');
    await del(PATH).expect(403);
    denied.add('mesh-dr.mesh.read');
    await get(PATH).expect(403);
    await post(`${PATH}/drift`).expect(403);
    await stop();
  });

  it('can adopt VPCs that exist, which are listed with their vSwitches', async () => {
    const { get, stop } = await startPlugin();
    const { body } = await get('/v1/vpcs?region=cn-hangzhou').expect(200);
    expect(body.items).toContainEqual({
      id: 'vpc-hangzhou',
      name: expect.any(String),
      region: 'cn-hangzhou',
      cidr: expect.any(String),
      vswitches: [
        expect.objectContaining({ id: 'vsw-hangzhou', cidr: '20.0.0.0/16' }),
      ],
    });
    const wrong = await get('/v1/vpcs?region=Hangzhou').expect(400);
    expect(wrong.body.error.message).toContain('region');
    await stop();
  });
});
