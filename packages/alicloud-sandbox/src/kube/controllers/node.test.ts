import { deployment } from '../__testUtils__/api';
import { setUpControllers } from '../__testUtils__/controllers';
import { eventually, nodeSpec } from '../__testUtils__/fleet';
import { DEPLOYMENTS, NODES } from '../kinds';

describe('nodes', () => {
  const setup = setUpControllers();
  const { readyPods, settled, withNodes } = setup;

  it('get labels, their share of the Pod CIDR, and become ready', async () => {
    expect(await withNodes(3)).toEqual([
      '10.0.0.0/26',
      '10.0.0.64/26',
      '10.0.0.128/26',
    ]);
    const [node] = setup.cluster.storage.list(NODES);
    expect(node.metadata.labels).toMatchObject({
      'topology.kubernetes.io/region': 'cn-hangzhou',
      'topology.kubernetes.io/zone': 'cn-hangzhou-h',
      'failure-domain.beta.kubernetes.io/zone': 'cn-hangzhou-h',
      'node.kubernetes.io/instance-type': 'ecs.g7.xlarge',
      'kubernetes.io/hostname': node.metadata.name,
    });
    // Adding a node twice changes nothing; a removed node's network is given away again.
    expect(setup.cluster.addNode(nodeSpec(1))).toEqual({
      podCidr: '10.0.0.64/26',
    });
    setup.cluster.removeNode(nodeSpec(1).name);
    expect(setup.cluster.addNode(nodeSpec(7)).podCidr).toBe('10.0.0.64/26');
  });

  it('take their pods with them when removed, and the pods come back elsewhere', async () => {
    await withNodes();
    setup.cluster.storage.create(DEPLOYMENTS, deployment('web', 2));
    await settled('web', 2);
    setup.cluster.removeNode(nodeSpec(0).name);
    await eventually('both pods run on the other node', () => {
      const names = readyPods('web').map(p => p.spec.nodeName);
      return names.length === 2 && names.every(n => n === nodeSpec(1).name);
    });
    expect(setup.test.warnings).toEqual([]);
  });

  it('make their pods unready when they are lost, give the readiness back, and evict in the end', async () => {
    await withNodes();
    setup.cluster.storage.create(DEPLOYMENTS, deployment('web', 2));
    await settled('web', 2);
    const node = nodeSpec(0).name;
    const setReady = (value: string) =>
      setup.cluster.storage.update(NODES, undefined, node, o => {
        Object.assign(
          o.status.conditions.find((c: any) => c.type === 'Ready'),
          { status: value, reason: 'Test' },
        );
      });
    setReady('Unknown');
    await eventually('one is not', () => readyPods('web').length === 1);
    setReady('True');
    await eventually('both are ready', () => readyPods('web').length === 2);
    setReady('Unknown');
    await eventually(
      'a replacement runs on the other node',
      () => readyPods('web').filter(p => p.spec.nodeName !== node).length === 2,
    );
    expect(setup.test.warnings).toEqual([]);
  });
});
