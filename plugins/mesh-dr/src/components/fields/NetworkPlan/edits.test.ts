import {
  checkNetworkPlan,
  GUIDE_PLAN,
  REGIONS,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  addRegion,
  addVSwitch,
  adoptVpc,
  changeCluster,
  changeVpc,
  removeVpc,
} from './edits';

const errors = (plan: typeof GUIDE_PLAN) =>
  checkNetworkPlan(plan).filter(({ severity }) => severity === 'error');

describe('edits of a network plan', () => {
  it('add any region without a clash, also twice', () => {
    for (const { id } of REGIONS) {
      const once = addRegion(GUIDE_PLAN, id);
      const twice = addRegion(once, id);
      expect(errors(once)).toEqual([]);
      expect(errors(twice)).toEqual([]);
      expect(twice.vpcs).toHaveLength(5);
      expect(twice.clusters.at(-1)).toMatchObject({
        region: id,
        vpc: twice.vpcs.at(-1)!.name,
      });
    }
  });

  it('let clusters and mesh follow their VPC', () => {
    const renamed = changeVpc(GUIDE_PLAN, 2, {
      name: 'home',
      region: 'cn-beijing',
    });
    expect(renamed.mesh).toMatchObject({ vpc: 'home', region: 'cn-beijing' });
    const moved = changeVpc(GUIDE_PLAN, 0, { region: 'cn-beijing' });
    expect(moved.clusters[0].region).toBe('cn-beijing');
    expect(moved.clusters[1].region).toBe('cn-shanghai');
    expect(
      changeCluster(GUIDE_PLAN, 0, { vpc: 'vpc-shanghai' }).clusters[0].region,
    ).toBe('cn-shanghai');
  });

  it('take a VPC out with its clusters', () => {
    const plan = removeVpc(GUIDE_PLAN, 1);
    expect(plan.vpcs.map(({ name }) => name)).toEqual([
      'vpc-hangzhou',
      'vpc-hangzhou2',
    ]);
    expect(plan.clusters.map(({ name }) => name)).toEqual(['ack-hangzhou']);
  });

  it('drop the Pod range under Terway', () => {
    const plan = changeCluster(GUIDE_PLAN, 0, { networkPlugin: 'terway' });
    expect(plan.clusters[0]).not.toHaveProperty('podCidr');
  });

  it('take over what an existing VPC has', () => {
    const plan = adoptVpc(
      GUIDE_PLAN,
      0,
      { id: 'vpc-1', cidr: '10.128.0.0/16' },
      [
        {
          id: 'vsw-1',
          name: '',
          cidr: '10.128.0.0/20',
          zone: 'cn-hangzhou-h',
        },
      ],
    );
    expect(plan.vpcs[0]).toEqual({
      name: 'vpc-hangzhou',
      region: 'cn-hangzhou',
      vpcId: 'vpc-1',
      cidr: '10.128.0.0/16',
      vswitches: [
        {
          name: 'vsw-1',
          vSwitchId: 'vsw-1',
          cidr: '10.128.0.0/20',
          zone: 'cn-hangzhou-h',
        },
      ],
    });
    expect(errors(plan)).toEqual([]);
  });

  it('leave the range of a new vSwitch to be filled', () => {
    const plan = addVSwitch(GUIDE_PLAN, 0);
    expect(plan.vpcs[0].vswitches[1]).toEqual({
      name: 'vpc-hangzhou-switch-2',
      cidr: '',
    });
  });
});
