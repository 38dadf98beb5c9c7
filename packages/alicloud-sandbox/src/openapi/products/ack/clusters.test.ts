import {
  Account,
  account,
  control,
  failure,
  until,
} from '../../../__testUtils__/account';
import {
  Site,
  clusterBody,
  makeCluster,
  makeSite,
} from '../../../__testUtils__/guide';
import { Sandbox, startSandbox } from '../../../sandbox';

jest.setTimeout(30_000);

describe('the life of a cluster', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  let site: Site;
  let cluster: string;
  let creation: string;

  const task = (id: string) => cloud.ack.get(`/tasks/${id}`);

  const done = (id: string) =>
    until('the task', async () => (await task(id)).state === 'success');

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 2000, gatewayPort: 0 });
    cloud = account(sandbox);
    site = await makeSite(
      cloud,
      'cn-hangzhou',
      '192.168.0.0/16',
      '192.168.0.0/24',
      'cn-hangzhou-h',
    );
    cluster = await makeCluster(cloud, {
      ...clusterBody('one', site, '10.0.0.0/16', '172.16.0.0/16'),
      endpoint_public_access: false,
      deletion_protection: true,
      controlplane_log_components: ['apiserver'],
      controlplane_log_ttl: '14',
      audit_log_config: { enabled: true, sls_project_name: 'audit' },
      rrsa_config: { enabled: true },
      resource_group_id: 'rg-mine',
    } as ReturnType<typeof clusterBody>);
    const { tasks } = await cloud.ack.get(`/clusters/${cluster}/tasks`);
    creation = tasks[0].task_id;
  });
  afterAll(() => sandbox.stop());

  it('is told by a task with stages and events', async () => {
    const shown = await task(creation);
    expect(shown).toMatchObject({
      state: 'success',
      task_type: 'cluster_create',
      target: { id: cluster, type: 'cluster' },
      task_result: [{ data: cluster, status: 'success' }],
    });
    expect(shown.stages.map((stage: any) => stage.state)).toEqual([
      'success',
      'success',
      'success',
    ]);
    for (const { start_time: start, end_time: end } of shown.stages) {
      expect(end).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      expect(Date.parse(end)).toBeGreaterThanOrEqual(Date.parse(start));
    }
    expect(shown.created).toMatch(/\+08:00$/);
    expect(Math.abs(Date.parse(shown.created) - Date.now())).toBeLessThan(
      60_000,
    );
    const { events } = await cloud.ack.get(`/clusters/${cluster}/events`, {
      task_id: creation,
    });
    expect(events).toHaveLength(shown.events.length);
    const none = await cloud.ack.get(`/clusters/${cluster}/events`, {
      task_id: 'T-0',
    });
    expect(none.events).toEqual([]);
    const unknown = await failure(task('T-0'));
    expect(unknown.statusCode).toBe(404);
    expect(unknown.result?.code).toBe('ErrorTaskNotFound');
  });

  it('pages by number and by token', async () => {
    const events = `/clusters/${cluster}/events`;
    const { events: all, page_info: info } = await cloud.ack.get(events);
    expect(info.total_count).toBe(all.length);
    const second = await cloud.ack.get(events, {
      page_number: 2,
      page_size: 1,
    });
    expect(second.events).toEqual([all[1]]);
    const collected: object[] = [];
    let next: string | undefined;
    do {
      const answer = await cloud.ack.get(events, {
        max_results: 2,
        ...(next ? { next_token: next } : {}),
      });
      collected.push(...answer.events);
      next = answer.next_token;
    } while (next);
    expect(collected).toEqual(all);
    const { result } = await failure(
      cloud.ack.get(events, { next_token: 'nonsense' }),
    );
    expect(result?.code).toBe('ErrorParamsInvalid');
  });

  it('finds nodes by what the filters say', async () => {
    const find = async (query: object) =>
      (await cloud.ack.get(`/clusters/${cluster}/nodes`, { ...query })).nodes;
    const [first, second] = await find({});
    const names = (nodes: any[]) => nodes.map(node => node.node_name);
    expect(names(await find({ instanceIds: first.instance_id }))).toEqual(
      names([first]),
    );
    expect(
      names(
        await find({ nodeNames: `${first.node_name},${second.node_name}` }),
      ),
    ).toEqual(names([first, second]));
    expect(names(await find({ nodeIps: second.ip_address[0] }))).toEqual(
      names([second]),
    );
    expect(await find({ nodeLabels: 'kubernetes.io/os=windows' })).toEqual([]);
    expect(await find({ nodeLabels: 'kubernetes.io/os=linux' })).toHaveLength(
      2,
    );
    expect(await find({ state: 'initial' })).toEqual([]);
    expect(await find({ pageSize: '1', pageNumber: '2' })).toEqual([second]);
  });

  it('reads back what it was created with', async () => {
    const detail = await cloud.ack.get(`/clusters/${cluster}`);
    expect(detail).toMatchObject({
      resource_group_id: 'rg-mine',
      rrsa_config: { enabled: true, oidc_name: `ack-rrsa-${cluster}` },
    });
    expect(await cloud.ack.get(`/clusters/${cluster}/audit`)).toMatchObject({
      audit_enabled: true,
      sls_project_name: 'audit',
    });
    expect(
      await cloud.ack.get(`/clusters/${cluster}/controlplanelog`),
    ).toMatchObject({ components: ['apiserver'], log_ttl: '14' });
    const old = await cloud.ack.get('/clusters', { name: 'on' });
    expect(old.map((item: any) => item.cluster_id)).toEqual([cluster]);
  });

  it('gets and loses a public address', async () => {
    const change = async (body: object) =>
      done((await cloud.ack.put(`/api/v2/clusters/${cluster}`, body)).task_id);
    const config = `/k8s/${cluster}/user_config`;
    const before = await failure(cloud.ack.get(config));
    expect(before.result?.code).toBe('ErrorPublicEndpointNotFound');
    await change({ api_server_eip: true });
    expect((await cloud.ack.get(config)).config).toContain('server: https://');
    const { master_url: url } = await cloud.ack.get(`/clusters/${cluster}`);
    const endpoints = JSON.parse(url);
    expect(endpoints.api_server_endpoint).toMatch(/^https:\/\/[^:]+:\d+$/);
    expect(endpoints.intranet_api_server_endpoint).toMatch(
      /^https:\/\/192\.168\.0\.\d+:6443$/,
    );
    await change({ api_server_eip: false, cluster_name: 'renamed' });
    await failure(cloud.ack.get(config));
    const { EipAddresses } = await cloud.vpc('DescribeEipAddresses', {
      RegionId: site.regionId,
    });
    // The NAT gateway's own is left.
    expect(EipAddresses.EipAddress).toHaveLength(1);
    expect((await cloud.ack.get(`/clusters/${cluster}`)).name).toBe('renamed');
  });

  it('answers unknown paths and methods as the gateway does, and bodies that are none', async () => {
    const path = await failure(cloud.ack.get('/clusters/a/b/c'));
    expect(path.code).toBe('InvalidApi.NotFound');
    const method = await failure(cloud.ack.put('/clusters', {}));
    expect(method.code).toBe('InvalidApi.NotFound');
    const text = await failure(cloud.ack.post('/clusters', 'text'));
    expect(text.code).toBe('InvalidParameter.Body');
    const missing = await failure(cloud.ack.get('/clusters/c0'));
    expect(missing.statusCode).toBe(404);
    expect(missing.result).toMatchObject({
      code: 'ErrorClusterNotFound',
      requestId: expect.any(String),
    });
  });

  it('is deleted once protection is off, and leaves what was to stay', async () => {
    const held = await failure(cloud.ack.delete(`/clusters/${cluster}`));
    expect(held.result?.code).toBe('ErrorDeletionProtection');
    await cloud.ack.put(`/api/v2/clusters/${cluster}`, {
      deletion_protection: false,
    });
    const resources = await cloud.ack.get(`/clusters/${cluster}/resources`);
    const idOf = (type: string) =>
      resources.find((item: any) => item.resource_type === type).instance_id;
    const group = idOf('ALIYUN::ECS::SecurityGroup');
    const balancer = idOf('ALIYUN::SLB::LoadBalancer');
    const { result: wrong } = await failure(
      cloud.ack.delete(`/clusters/${cluster}`, {
        delete_options: JSON.stringify([
          { resource_type: 'SLB', delete_mode: 'forget' },
        ]),
      }),
    );
    expect(wrong?.code).toBe('ErrorParamsInvalid');
    const query = {
      retain_resources: JSON.stringify([group, balancer]),
      delete_options: JSON.stringify([
        { resource_type: 'SLB', delete_mode: 'delete' },
      ]),
    };
    const { task_id: deletion } = await cloud.ack.delete(
      `/clusters/${cluster}`,
      query,
    );
    const again = await cloud.ack.delete(`/clusters/${cluster}`, query);
    expect(again.task_id).toBe(deletion);
    await done(deletion);
    const gone = await failure(cloud.ack.get(`/clusters/${cluster}`));
    expect(gone.result?.code).toBe('ErrorClusterNotFound');
    const { resources: left } = await control(sandbox, '/inventory');
    const ids = left
      .filter((item: any) => ['slb', 'ecs', 'ack'].includes(item.product))
      .map((item: any) => item.id);
    expect(ids).toEqual(expect.arrayContaining([group, balancer]));
    // The load balancer keeps its address; nothing else is left.
    expect(ids).toHaveLength(3);
  });

  it('keeps load balancers of Services when asked to', async () => {
    const { cluster_id: id } = await cloud.ack.post('/clusters', {
      ...clusterBody('two', site, '10.0.0.0/16', '172.16.0.0/16'),
      nodepools: [],
    });
    await until('the cluster', async () => {
      const { state } = await cloud.ack.get(`/clusters/${id}`);
      return state === 'running';
    });
    const { storage } = sandbox.kube.get(id)!;
    const services = { group: '', version: 'v1', resource: 'services' };
    storage.create(services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    });
    storage.update(services, 'default', 'web', service => {
      service.status = { loadBalancer: { ingress: [{ ip: '127.77.0.9' }] } };
    });
    const rows = await cloud.ack.get(`/clusters/${id}/resources`, {
      with_addon_resources: true,
    });
    const service = rows.find((row: any) => row.associated_object);
    expect(service.associated_object).toMatchObject({ name: 'web' });
    const { task_id: deletion } = await cloud.ack.delete(`/clusters/${id}`, {
      keep_slb: true,
    });
    await done(deletion);
    const { resources } = await control(sandbox, '/inventory');
    expect(
      resources.find((item: any) => item.id === service.instance_id),
    ).toMatchObject({ product: 'slb', name: 'default/web' });
  });
});
