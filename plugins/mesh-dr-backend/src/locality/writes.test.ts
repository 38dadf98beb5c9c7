import type {
  AlicloudAccounts,
  KubernetesConnection,
  KubernetesConnector,
  KubernetesObject,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { LocalityIntent } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  BOTH_WAYS,
  DISTRIBUTION,
  FAILOVER,
  RULES,
  SUBSETS,
} from '../__testUtils__/changes';
import { FakeCloud, MESH_ID } from '../__testUtils__/FakeCloud';
import { FakeConnector } from '../__testUtils__/FakeKubernetes';
import { destinationRule } from '../__testUtils__/objects';
import { MeshRule } from './MeshRule';
import { ServiceRule } from './ServiceRule';

const SOURCES = path.resolve(__dirname, '..');
/** Every call of this plugin that changes something outside it, and what keeps it from undoing somebody else's work. */
const WRITES: Record<string, string> = {
  'locality/ServiceRule.ts connection.apply':
    'resourceVersion; a new object is applied without force',
  'locality/ServiceRule.ts connection.delete': 'uid and resourceVersion',
  'locality/leftovers.ts connection.patch':
    'JSON patch test of resourceVersion',
  'locality/MeshRule.ts asm.updateLocality': 'read before, and read back after',
  // A cluster is a member or not: ASM refuses to add one twice, and taking out one that is gone does nothing.
  'membership/MembershipService.ts asm.addCluster': 'membership read before',
  'membership/MembershipService.ts asm.removeCluster': 'membership read before',
  // Only what the check still misses is added; neither call can name a version.
  'membership/Repairs.ts cen.updatePeerAttachment':
    'link read before; one with bandwidth is left alone',
  'membership/Repairs.ts ecs.authorizeIngress': 'rules read before',
};
const WRITING =
  /\b(asm|ack|cen|vpc|ecs)\.((?!describe|list|get)\w+)\(|\b(connection|server|cluster|mesh)\.(create|apply|patch|delete)\(/g;

const ref = { account: 'default', serviceMeshId: MESH_ID };
const service = { ...ref, namespace: 'default', name: 'reviews' };
const off: LocalityIntent = { mode: 'off' };
const foreign = (trafficPolicy: object) =>
  destinationRule('reviews', {
    host: 'reviews',
    subsets: SUBSETS,
    trafficPolicy,
  });
const foreignFailover = foreign({
  loadBalancer: { localityLbSetting: { enabled: true, failover: BOTH_WAYS } },
});
const say = () => {};

/** What happens just before a write, whose arguments it gets. */
type Disturb = (args: Parameters<KubernetesConnection['apply']>) => unknown;

/** The mesh's API server; `disturb` runs right before the next write, when everything was read already. */
function setup() {
  const connector = new FakeConnector();
  const server = connector.server(MESH_ID);
  const writes: [string, unknown[]][] = [];
  let disturb: Disturb | undefined;
  const watched = new Proxy(server, {
    get(target, key) {
      const value = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (['create', 'apply', 'patch', 'delete'].includes(String(key))) {
          writes.push([String(key), args]);
          const now = disturb;
          disturb = undefined;
          now?.(args as Parameters<Disturb>[0]);
        }
        return value.apply(target, args);
      };
    },
  });
  const kubernetes: KubernetesConnector = {
    cluster: () => watched,
    mesh: () => watched,
  };
  const rule = new ServiceRule(kubernetes);
  return {
    server,
    rule,
    writes,
    live: () => server.get(RULES, 'default', 'reviews') as Promise<any>,
    beforeWriting(work: Disturb) {
      disturb = work;
    },
    async bring(intent: object) {
      const plan = await rule.plan(service, intent as LocalityIntent);
      await rule.apply(service, plan, say);
    },
  };
}

/** What the API server compares before it does what a call asks. */
function preconditionOf(kind: string, args: any[]): object {
  switch (kind) {
    case 'delete':
      return args[3].preconditions;
    case 'patch': {
      const [{ op, path: field, value }] = args[3];
      return op === 'test' && field === '/metadata/resourceVersion'
        ? { resourceVersion: value }
        : {};
    }
    default: {
      const { resourceVersion } = args[1].metadata;
      return resourceVersion ? { resourceVersion } : { force: args[2].force };
    }
  }
}

function sourcesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap(entry => {
    const full = path.join(directory, entry.name);
    if (entry.isDirectory()) {
      return entry.name.startsWith('__') ? [] : sourcesBelow(full);
    }
    return /(?<!\.test)\.ts$/.test(entry.name) ? [full] : [];
  });
}

describe('writes to the cloud and to clusters', () => {
  it('are these, each with what protects other people’s work', () => {
    const found = sourcesBelow(SOURCES).flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(WRITING)].map(
        ([call]) => `${path.relative(SOURCES, file)} ${call.slice(0, -1)}`,
      ),
    );
    expect([...new Set(found)].sort()).toEqual(Object.keys(WRITES).sort());
  });

  it.each<[string, KubernetesObject | undefined, object[], string[]]>([
    [
      'create and update',
      undefined,
      [FAILOVER, DISTRIBUTION],
      ['apply', 'apply'],
    ],
    ['create and delete', undefined, [FAILOVER, off], ['apply', 'delete']],
    ['take over', foreignFailover, [DISTRIBUTION], ['patch', 'apply']],
  ])('carry a precondition: %s', async (_, object, intents, kinds) => {
    const { server, writes, live, bring } = setup();
    if (object) server.put('destinationrules', object);
    for (const intent of intents) {
      const { metadata } = (await live()) ?? { metadata: {} };
      const before = writes.length;
      await bring(intent);
      const [[kind, args]] = writes.slice(before);
      expect(preconditionOf(kind, args)).toEqual(
        metadata.uid
          ? {
              resourceVersion: metadata.resourceVersion,
              ...(kind === 'delete' && { uid: metadata.uid }),
            }
          : { force: false },
      );
    }
    expect(writes.map(([kind]) => kind)).toEqual(kinds);
  });

  it.each<[string, object[], object]>([
    ['creating', [], FAILOVER],
    ['updating', [FAILOVER], DISTRIBUTION],
    ['deleting', [FAILOVER], off],
  ])(
    'show what somebody else wrote at the last moment, and leave it: %s',
    async (_, earlier, intent) => {
      const { server, live, rule, bring, beforeWriting } = setup();
      for (const step of earlier) await bring(step);
      const plan = await rule.plan(service, intent as LocalityIntent);
      const theirs = { consecutive5xxErrors: 99 };
      const edited = foreign({ outlierDetection: theirs });
      beforeWriting(() => server.put('destinationrules', edited));
      await expect(rule.apply(service, plan, say)).rejects.toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining('"consecutive5xxErrors":99'),
      });
      const { spec } = await live();
      expect(spec).toMatchObject({
        subsets: SUBSETS,
        trafficPolicy: { outlierDetection: theirs },
      });
    },
  );

  it('does not delete an object that was made anew meanwhile', async () => {
    const { server, live, rule, bring, beforeWriting } = setup();
    await bring(FAILOVER);
    const plan = await rule.plan(service, off);
    beforeWriting(() => {
      server.remove('destinationrules', 'default', 'reviews');
      server.put('destinationrules', foreignFailover);
    });
    await expect(rule.apply(service, plan, say)).rejects.toThrow('was edited');
    expect((await live()).spec.subsets).toEqual(SUBSETS);
  });

  it('takes a write that was repeated because its answer was lost for what it is', async () => {
    const { server, live, rule, bring, beforeWriting } = setup();
    await bring(FAILOVER);
    const plan = await rule.plan(service, DISTRIBUTION as LocalityIntent);
    beforeWriting(args => server.apply(...args));
    const version = await rule.apply(service, plan, say);
    expect(version).toBe((await live()).metadata.resourceVersion);
  });

  it('reads the mesh-wide rule right before it writes, and until it reads back', async () => {
    const cloud = new FakeCloud();
    const calls: string[] = [];
    const accounts: AlicloudAccounts = {
      names: () => cloud.names(),
      get: () => {
        const all = cloud.get();
        const asm = new Proxy(all.asm, {
          get: (target, key) => {
            calls.push(String(key));
            return Reflect.get(target, key);
          },
        });
        return { ...all, asm };
      },
    };
    const rule = new MeshRule(accounts);
    const failover: LocalityIntent = { mode: 'failover', failover: BOTH_WAYS };
    const plan = rule.plan({ enabled: false }, failover);
    await rule.apply(ref, plan, say);
    const at = calls.indexOf('updateLocality');
    expect(calls.lastIndexOf('updateLocality')).toBe(at);
    expect(calls[at - 1]).toBe('describeServiceMesh');
    expect(calls.slice(at + 1)).toContain('describeServiceMesh');

    // From the console, between preview and apply.
    const back = rule.plan(plan.after, off);
    cloud.mesh.locality = {
      enabled: true,
      failover: [BOTH_WAYS[0]],
      distribute: [],
    };
    await expect(rule.apply(ref, back, say)).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('now it is failover'),
    });
    expect(cloud.mesh.locality.enabled).toBe(true);
  });
});
