import { execFileSync } from 'node:child_process';
import { checkStructure } from '../admission/structure';
import { destinationRule } from '../__testUtils__/api';
import { ASM_KINDS } from '../kinds';
import { structuresFromModels } from './__testUtils__/fromModels';
import builtin from './builtin.json';
import { builtinSchema } from './builtin';
import { MERGE_RULES } from './mergeRules';

describe('built-in structures', () => {
  it('are what the client library’s models say', () => {
    expect(builtin).toEqual(structuresFromModels());
  });

  it('have every field that a merge rule names, as a list with those keys', () => {
    for (const [path, rule] of Object.entries(MERGE_RULES)) {
      const [type, field] = path.split('.');
      const schema = builtinSchema(type).fields[field];
      expect([path, schema?.kind]).toEqual([path, 'list']);
      const items = schema.kind === 'list' ? schema.items : undefined;
      for (const key of rule.keys ?? []) {
        expect([
          path,
          key,
          items?.kind === 'object' && key in items.fields,
        ]).toEqual([path, key, true]);
      }
    }
  });
});

describe('Istio structures', () => {
  const rule = ASM_KINDS.find(k => k.kind === 'DestinationRule')!.schema;
  const service = ASM_KINDS.find(k => k.kind === 'VirtualService')!.schema;

  /**
   * Whether Istio's own published schemas (as npm has them) accept each object. The package can be imported only
   * as an ES module, which this test runner does not load, hence a process of its own.
   */
  function judge(objects: { kind: string; spec: any }[]): boolean[] {
    const program = `
      import * as models from '@kubernetes-models/istio/networking.istio.io/v1';
      const verdicts = JSON.parse(process.argv[1]).map(({ kind, spec }) => {
        try {
          new models[kind]({ metadata: { name: 'x' }, spec }).validate();
          return true;
        } catch {
          return false;
        }
      });
      console.log(JSON.stringify(verdicts));`;
    const output = execFileSync(
      process.execPath,
      ['--input-type=module', '--eval', program, JSON.stringify(objects)],
      { cwd: __dirname, encoding: 'utf8' },
    );
    return JSON.parse(output);
  }

  const cases: [string, any][] = [
    [
      'the guide’s rule',
      {
        host: 'reviews',
        trafficPolicy: {
          connectionPool: { http: { maxRequestsPerConnection: 1 } },
          outlierDetection: {
            baseEjectionTime: '1m',
            consecutive5xxErrors: 1,
            interval: '1s',
          },
        },
      },
    ],
    [
      'distribution',
      {
        host: 'r',
        trafficPolicy: {
          loadBalancer: {
            localityLbSetting: {
              enabled: true,
              distribute: [
                {
                  from: 'cn-hangzhou',
                  to: { 'cn-hangzhou': 90, 'cn-shanghai': 10 },
                },
              ],
            },
          },
        },
      },
    ],
    [
      'subsets with their own policy',
      {
        host: 'r',
        subsets: [
          {
            name: 'v1',
            labels: { version: 'v1' },
            trafficPolicy: { tls: { mode: 'DISABLE' } },
          },
        ],
      },
    ],
    ['no host', {}],
    [
      'a number as a string',
      {
        host: 'r',
        trafficPolicy: { outlierDetection: { consecutive5xxErrors: '1' } },
      },
    ],
    [
      'an unknown balancer',
      { host: 'r', trafficPolicy: { loadBalancer: { simple: 'FASTEST' } } },
    ],
    ['a list where an object belongs', { host: 'r', trafficPolicy: [] }],
    [
      'a weight that is no number',
      {
        host: 'r',
        trafficPolicy: {
          loadBalancer: {
            localityLbSetting: { distribute: [{ from: 'a', to: { b: 'x' } }] },
          },
        },
      },
    ],
    [
      'a subset without a name',
      { host: 'r', subsets: [{ labels: { a: 'b' } }] },
    ],
  ];

  const routes: [string, any][] = [
    [
      'routes with weights',
      {
        hosts: ['*'],
        gateways: ['g'],
        http: [
          {
            match: [{ uri: { prefix: '/a' } }],
            route: [
              {
                destination: { host: 'a', port: { number: 9080 } },
                weight: 50,
              },
            ],
          },
        ],
      },
    ],
    [
      'retries',
      {
        hosts: ['a'],
        http: [
          {
            retries: {
              attempts: 2,
              perTryTimeout: '1s',
              retryRemoteLocalities: true,
            },
            route: [{ destination: { host: 'a' } }],
          },
        ],
      },
    ],
    [
      'a destination without a host',
      { hosts: ['a'], http: [{ route: [{ destination: {} }] }] },
    ],
    ['hosts that is no list', { hosts: 'a' }],
  ];

  it('judge as Istio’s own schemas do', () => {
    const all = [
      ...cases.map(([name, spec]) => ({
        name,
        kind: 'DestinationRule',
        spec,
        schema: rule,
      })),
      ...routes.map(([name, spec]) => ({
        name,
        kind: 'VirtualService',
        spec,
        schema: service,
      })),
    ];
    const verdicts = judge(all.map(({ kind, spec }) => ({ kind, spec })));
    const ours = all.map(({ name, kind, spec, schema }) => {
      const object = { ...destinationRule('x', spec), kind };
      return [name, checkStructure(object, schema).causes.length === 0];
    });
    expect(ours).toEqual(all.map(({ name }, i) => [name, verdicts[i]]));
    // Both verdicts occur, so the comparison says something.
    expect(new Set(verdicts).size).toBe(2);
  });

  it('refuses a duration that is none, and prunes unknown fields', () => {
    const object = destinationRule('r', {
      host: 'r',
      hots: 1,
      trafficPolicy: { outlierDetection: { interval: 'soon' } },
    });
    const report = checkStructure(object, rule);
    expect(report.unknown).toEqual(['spec.hots']);
    expect(report.causes).toEqual([
      expect.objectContaining({
        field: 'spec.trafficPolicy.outlierDetection.interval',
        reason: 'FieldValueInvalid',
      }),
    ]);
    expect(object.spec).not.toHaveProperty('hots');
  });
});
