import { assertAllowed, DEFAULT_APPLY_POLICY } from './policy';

const object = (apiVersion: string, kind: string, namespace?: string) => ({
  apiVersion,
  kind,
  metadata: { name: 'thing', ...(namespace && { namespace }) },
});
const check = (
  objects: ReturnType<typeof object>[],
  policy: Partial<typeof DEFAULT_APPLY_POLICY> = {},
) => assertAllowed({ ...DEFAULT_APPLY_POLICY, ...policy }, objects, 'default');

describe('assertAllowed', () => {
  it('lets workloads and Istio through by default', () => {
    expect(() =>
      check([
        object('v1', 'Namespace'),
        object('v1', 'Service', 'shop'),
        object('apps/v1', 'Deployment'),
        object('networking.istio.io/v1', 'DestinationRule'),
      ]),
    ).not.toThrow();
  });

  it.each([
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
    ['v1', 'Secret'],
    ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
    ['networking.istio.io/v1alpha3', 'EnvoyFilter'],
    ['other.example/v1', 'Deployment'],
  ])('refuses %s %s by default', (apiVersion, kind) => {
    expect(() => check([object(apiVersion, kind)])).toThrow(
      expect.objectContaining({
        name: 'NotAllowedError',
        message: expect.stringContaining('meshDr.kubernetesApply.kinds'),
      }),
    );
  });

  it('refuses the namespaces of the system, also as a Namespace', () => {
    expect(() =>
      check([object('apps/v1', 'Deployment', 'kube-system')]),
    ).toThrow(/namespace kube-system/);
    expect(() =>
      check([
        { ...object('v1', 'Namespace'), metadata: { name: 'istio-system' } },
      ]),
    ).toThrow(/namespace istio-system/);
  });

  it("obeys the operator's lists, with whole groups", () => {
    expect(() =>
      check([object('apps/v1', 'Deployment')], { namespaces: ['shop'] }),
    ).toThrow(
      /namespace default is not in meshDr\.kubernetesApply\.namespaces/,
    );
    expect(() =>
      check([object('apps/v1', 'ReplicaSet')], { kinds: ['apps/*'] }),
    ).not.toThrow();
  });
});
