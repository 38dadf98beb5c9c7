import { readFile, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { parse } from 'yaml';
import { runAction } from '../__testUtils__/context';
import { createDeps, sandboxAccounts } from '../__testUtils__/deps';
import type { ActionDeps } from '../deps';
import { createActions } from '.';

jest.setTimeout(60_000);

/** Input that a JSON schema does not know or that it misses. */
function schemaProblems(schema: any, input: any, path = ''): string[] {
  if (!schema || typeof input !== 'object' || input === null) return [];
  if (Array.isArray(input)) {
    return input.flatMap((item, index) =>
      schemaProblems(schema.items, item, `${path}[${index}]`),
    );
  }
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) {
    const results: string[][] = variants.map((variant: any) =>
      schemaProblems(variant, input, path),
    );
    return results.some(result => result.length === 0) ? [] : results.flat();
  }
  if (!schema.properties) return [];
  return [
    ...Object.keys(input)
      .filter(
        key =>
          !(key in schema.properties) && schema.additionalProperties === false,
      )
      .map(key => `${path}.${key} is unknown`),
    ...((schema.required as string[]) ?? [])
      .filter(key => !(key in input))
      .map(key => `${path}.${key} is missing`),
    ...Object.entries(input).flatMap(([key, value]) =>
      schemaProblems(schema.properties[key], value, `${path}.${key}`),
    ),
  ];
}

describe('actions', () => {
  let sandbox: Sandbox;
  let deps: ActionDeps;
  const known = createActions(createDeps());

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 300 });
    deps = createDeps({
      accounts: sandboxAccounts(sandbox),
      meshDr: {
        getMesh: async () => ({ id: 'mesh-1', name: 'mesh', clusters: [] }),
        checkDrift: async () => ({ checkedAt: '', items: [] }),
        getChange: async () => ({ id: 'c', status: 'applied', reason: 'why' }),
        exportChange: async () => ({
          changeId: 'c',
          files: [],
          removed: [],
          commands: [],
        }),
        preview: async () => ({
          findings: [],
          applicable: true,
          steps: [],
          after: '',
          hash: 'h',
        }),
      } as any,
    });
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  it('are those of the design, each with a description, a schema and dry run', () => {
    expect(known.map(({ id }) => id).sort()).toEqual([
      'dr:catalog:register',
      'dr:cen:provision',
      'dr:changes:export',
      'dr:clusters:join',
      'dr:clusters:provision',
      'dr:connectivity:verify',
      'dr:distribution:configure',
      'dr:environment:destroy',
      'dr:environment:drift',
      'dr:environment:provision',
      'dr:failover:configure',
      'dr:gateway:create',
      'dr:kubernetes:apply',
      'dr:mesh:provision',
      'dr:network:provision',
      'dr:operations:grant',
      'dr:securityGroups:authorize',
      'dr:traffic:verify',
    ]);
    for (const action of known) {
      expect(action.description).toBeTruthy();
      expect(action.schema?.input).toBeTruthy();
      expect(action.schema?.output).toBeTruthy();
      expect(action.supportsDryRun).toBe(true);
      expect(action.examples?.length).toBeGreaterThan(0);
    }
  });

  const examples = known.flatMap(({ id, examples: list = [] }) =>
    list.map(({ description, example }) => ({ id, description, example })),
  );

  it.each(examples)(
    'example of $id runs dry and touches nothing: $description',
    async ({ id, example }) => {
      const action = createActions(deps).find(item => item.id === id)!;
      const before = await (await fetch(`${sandbox.control}/inventory`)).json();
      // A publish action after ours belongs to the example, not to us.
      const steps = parse(example).steps.filter(({ action: used }: any) =>
        used.startsWith('dr:'),
      );
      expect(steps).not.toHaveLength(0);
      for (const step of steps) {
        expect(step.action).toBe(id);
        expect(schemaProblems(action.schema?.input, step.input)).toEqual([]);
        const run = runAction(action, step.input, {
          isDryRun: true,
          workspacePath: resolve(__dirname, '../__testUtils__/workspace'),
        });
        const { output } = await run;
        const required: string[] =
          (action.schema?.output as any)?.required ?? [];
        expect(Object.keys(output)).toEqual(expect.arrayContaining(required));
      }
      expect(
        await (await fetch(`${sandbox.control}/inventory`)).json(),
      ).toEqual(before);
    },
  );

  describe('templates', () => {
    const root = resolve(__dirname, '../../../../templates');

    it('use known actions with inputs that these accept', async () => {
      const folders = (await readdir(root, { withFileTypes: true })).filter(
        entry => entry.isDirectory(),
      );
      expect(folders.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'bookinfo',
          'destroy-environment',
          'multi-region-mesh',
          'protect-service',
        ]),
      );
      for (const { name } of folders) {
        const text = await readFile(
          resolve(root, name, 'template.yaml'),
          'utf8',
        );
        const template = parse(text);
        expect(template.metadata.name).toBe(name);
        expect(template.spec.owner).toBeTruthy();
        for (const step of template.spec.steps) {
          if (!step.action.startsWith('dr:')) continue;
          const action = known.find(item => item.id === step.action);
          expect({ step: step.id, known: !!action }).toEqual({
            step: step.id,
            known: true,
          });
          expect(
            schemaProblems(action!.schema?.input, step.input, step.id),
          ).toEqual([]);
        }
      }
    });

    it('have defaults that match their own patterns', async () => {
      const { spec } = parse(
        await readFile(
          resolve(root, 'multi-region-mesh/template.yaml'),
          'utf8',
        ),
      );
      const [, network] = spec.parameters;
      const plan = network.properties.network;
      const { vpcs, clusters } = plan.properties;
      const vpcSchema = vpcs.items.properties;
      expect(plan.default).toEqual(GUIDE_PLAN);
      for (const vpc of plan.default.vpcs) {
        expect(vpc.cidr).toMatch(new RegExp(vpcSchema.cidr.pattern));
        expect(vpc.region).toMatch(new RegExp(vpcSchema.region.pattern));
        expect(vpc.name).toMatch(new RegExp(vpcSchema.name.pattern));
      }
      for (const cluster of plan.default.clusters) {
        expect(cluster.podCidr).toMatch(
          new RegExp(clusters.items.properties.podCidr.pattern),
        );
      }
      const cidr = new RegExp(vpcSchema.cidr.pattern);
      for (const bad of [
        '20.0.0.0',
        '300.0.0.0/8',
        '20.0.0.0/33',
        'x',
        '1/8',
      ]) {
        expect(bad).not.toMatch(cidr);
      }
    });
  });
});
