import { TestDatabases } from '@backstage/backend-test-utils';
import type { DistributionRule } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  BOTH_WAYS,
  DISTRIBUTION,
  MESH,
  OUTLIER_DETECTION,
  startChanges as start,
  storedChange,
} from '../__testUtils__/changes';
import { MESH_ID } from '../__testUtils__/FakeCloud';
import { destinationRule } from '../__testUtils__/objects';
import { until } from '../__testUtils__/startPlugin';
import { DatabaseChangeStore } from '../database/DatabaseChangeStore';
import { migrationsDirectory } from '../database/migrate';

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

describe('changes of the whole mesh', () => {
  const failover = { mode: 'failover', failover: BOTH_WAYS };
  const { outlierDetection: _, ...distribution } = DISTRIBUTION;

  /** A mesh-wide failover means something only for services with outlier detection. */
  async function startProtected() {
    const plugin = await start();
    plugin.mesh.put(
      'destinationrules',
      destinationRule('reviews', {
        host: 'reviews',
        trafficPolicy: { outlierDetection: OUTLIER_DETECTION },
      }),
    );
    return plugin;
  }

  it('switches failover off before distribution on, as one change', async () => {
    const { change, cloud, get, stop } = await startProtected();
    await change({ target: MESH, intent: failover }).expect(201);
    const { body } = await change({
      target: { ...MESH, meshId: 'asm-guide' },
      intent: distribution,
    }).expect(201);
    expect(body).toMatchObject({ status: 'applied', target: MESH });
    expect(cloud.asked).toEqual([
      'locality failover',
      'locality off',
      'locality distribute',
    ]);
    const { body: mesh } = await get(`/v1/meshes/${MESH_ID}`).expect(200);
    expect(mesh.locality).toMatchObject(distribution);
    await stop();
  });

  it('puts the earlier rule back when the switch fails half-way', async () => {
    const { change, cloud, stop } = await startProtected();
    await change({ target: MESH, intent: failover }).expect(201);
    cloud.beforeUpdate = setting => {
      if (setting.distribute) throw new Error('ASM is busy');
    };
    const { body } = await change({
      target: MESH,
      intent: distribution,
    }).expect(201);
    expect(body.status).toBe('failed');
    expect(body.error).toContain('ASM is busy; the earlier rule was put back');
    expect(cloud.mesh.locality).toMatchObject({
      enabled: true,
      ...{ failover: BOTH_WAYS },
    });
    await stop();
  });

  it('finishes what a crash interrupted between off and on', async () => {
    const knex = await databases.init('SQLITE_3');
    await knex.migrate.latest({ directory: migrationsDirectory() });
    const distribute: DistributionRule[] = distribution.distribute.map(
      ({ from, to }) => ({ from, to: { ...to } as Record<string, number> }),
    );
    await new DatabaseChangeStore(knex).insert(
      storedChange({
        id: 'interrupted',
        intent: { mode: 'distribution', distribute },
        status: 'applying',
        plan: {
          kind: 'mesh',
          before: { enabled: true, failover: BOTH_WAYS },
          after: { enabled: true, distribute },
          offFirst: true,
        },
      }),
    );
    // The cloud stands where the crash left it: failover is off, distribution not yet on.
    const { cloud, get, stop } = await start({ knex });
    await until('the change is finished', async () => {
      const { body } = await get('/v1/changes/interrupted');
      return body.status === 'applied';
    });
    expect(cloud.asked).toEqual(['locality distribute']);
    await stop();
  });

  it('names the version a mesh below the gate would need', async () => {
    const { change, preview, cloud, get, stop } = await start();
    cloud.mesh.version = 'v1.18.0.131-g1a2b3c4d-aliyun';
    await until('the fleet has seen the version', async () => {
      await get('/v1/meshes/unknown');
      const { body } = await get(`/v1/meshes/${MESH_ID}`);
      return body.version.startsWith('v1.18');
    });
    const request = { target: MESH, intent: distribution };
    const { body } = await change(request).expect(400);
    expect(body.error.message).toContain('1.22.6.66');
    const { applicable, findings } = (await preview(request).expect(200)).body;
    expect(applicable).toBe(false);
    expect(findings[0]).toMatchObject({
      id: 'version-gate',
      severity: 'refuse',
    });
    expect(cloud.asked).toEqual([]);
    await stop();
  });

  it('rolls back to the rule before', async () => {
    const { change, post, cloud, stop } = await startProtected();
    const applied = (await change({ target: MESH, intent: failover })).body;
    await post(`/v1/changes/${applied.id}/rollback`)
      .send({ reason: 'done' })
      .expect(201);
    expect(cloud.mesh.locality!.enabled).toBe(false);
    await stop();
  });

  it('refuses a change when somebody edited the rule in the console since the preview', async () => {
    const { change, preview, cloud, stop } = await startProtected();
    const request = { target: MESH, intent: failover };
    const { hash } = (await preview(request).expect(200)).body;
    cloud.mesh.locality = {
      enabled: true,
      failover: [BOTH_WAYS[0]],
      distribute: [],
    };
    const { body } = await change({ ...request, previewHash: hash }).expect(
      409,
    );
    expect(body.error.message).toContain('now it is');
    await stop();
  });

  it('tells which services the rule would not move', async () => {
    const { preview, change, stop } = await startProtected();
    const { body } = await preview({ target: MESH, intent: failover });
    expect(body.applicable).toBe(true);
    expect(body.services).toHaveLength(4);
    const missing = body.findings.find(
      (finding: any) => finding.id === 'missing-outlier-detection',
    );
    expect(missing.severity).toBe('warn');
    expect(missing.values.services).toContain('default/productpage');
    expect(missing.values.services).not.toContain('default/reviews');
    await change({ target: MESH, intent: failover }).expect(201);
    await stop();
  });

  it('needs a permission of its own', async () => {
    const { change, denied, stop } = await start();
    denied.add('mesh-dr.mesh-rule.change');
    const { body } = await change({ target: MESH, intent: failover }).expect(
      403,
    );
    expect(body.error.message).toContain('mesh-dr.mesh-rule.change');
    await change({}).expect(201);
    await stop();
  });
});
