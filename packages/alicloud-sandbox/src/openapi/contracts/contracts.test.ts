import * as cs from '@alicloud/cs20151215';
import * as ecs from '@alicloud/ecs20140526';
import * as vpc from '@alicloud/vpc20160428';
import {
  Contracts,
  Shape,
  ackContracts,
  asmContracts,
  cenContracts,
  ecsContracts,
  stsContracts,
  vpcContracts,
} from '.';

/** A model class of a typed SDK: wire names and types by property. */
interface Model {
  name: string;
  names(): Record<string, string>;
  types(): Record<string, unknown>;
}

/** Parameters that all clients have stopped sending. */
const RESOURCE_OWNER =
  /^(OwnerId|OwnerAccount|ResourceOwnerId|ResourceOwnerAccount)$/;

function kind(type: unknown): unknown {
  if (typeof type === 'function') return shapeOf(type as unknown as Model);
  const { itemType, valueType } = type as Record<string, unknown>;
  if (itemType) return [kind(itemType)];
  return valueType ? { '*': kind(valueType) } : type;
}

function shapeOf(model: Model, isHidden = (_: string) => false) {
  const types = model.types();
  return Object.fromEntries(
    Object.entries(model.names())
      .filter(([, wire]) => !isHidden(wire))
      .map(([property, wire]) => [wire, kind(types[property])]),
  );
}

/** SDKs for JavaScript know one type of number. */
function coarse(shape: unknown): unknown {
  if (Array.isArray(shape)) return shape.map(coarse);
  if (typeof shape === 'object' && shape !== null) {
    // SDKs make JSON of these parameters by themselves, or leave it to the caller as a plain text.
    if ('$json' in shape) return 'json';
    return Object.fromEntries(
      Object.entries(shape).map(([key, part]) => [key, coarse(part)]),
    );
  }
  return shape === 'integer' || shape === 'long' ? 'number' : shape;
}

function modelsOf(sdk: object): Map<string, Model> {
  return new Map(
    Object.entries(sdk).map(([name, model]) => [name.toLowerCase(), model]),
  );
}

describe.each<[string, Contracts, object]>([
  ['vpc', vpcContracts, vpc],
  ['ecs', ecsContracts, ecs],
  ['ack', ackContracts, cs],
])('the contracts of %s', (_, contracts, sdk) => {
  const models = modelsOf(sdk);
  const model = (name: string) => models.get(name.toLowerCase());

  it.each(Object.keys(contracts))('take what the SDK sends: %s', name => {
    const request = model(`${name}Request`);
    const parameters = coarse(contracts[name].parameters) as Record<
      string,
      unknown
    >;
    const sent = request
      ? shapeOf(request, wire => RESOURCE_OWNER.test(wire))
      : {};
    for (const [key, shape] of Object.entries(parameters)) {
      if (shape === 'json' && key in sent) sent[key] = 'json';
    }
    expect(sent).toEqual(parameters);
  });

  it.each(Object.keys(contracts))('answer what the SDK reads: %s', name => {
    // A body that is a bare list is one only in the type of the answer around it.
    const around = model(`${name}Response`)?.types().body;
    const body = model(`${name}ResponseBody`);
    const response = coarse(contracts[name].response);
    const read = around ? kind(around) : body && shapeOf(body);
    expect(read ?? {}).toEqual(response);
  });
});

describe('the contracts', () => {
  const all = {
    ackContracts,
    asmContracts,
    cenContracts,
    ecsContracts,
    stsContracts,
    vpcContracts,
  };

  it.each(Object.entries(all))(
    'name only parameters they have: %s',
    (_, of) => {
      for (const [name, contract] of Object.entries(of)) {
        const unknown = [
          ...(contract.required ?? []),
          ...(contract.body ?? []),
        ].filter(parameter => !Object.hasOwn(contract.parameters, parameter));
        expect([name, unknown]).toEqual([name, []]);
      }
    },
  );

  it.each(Object.entries(all))('are made of known types: %s', (_, of) => {
    const strange = (shape: Shape): unknown[] => {
      if (Array.isArray(shape)) {
        return shape.length === 1 ? strange(shape[0]) : [shape];
      }
      if (typeof shape === 'object') {
        return Object.values(shape).flatMap(strange);
      }
      return /^(string|integer|long|number|boolean|any)$/.test(shape)
        ? []
        : [shape];
    };
    for (const contract of Object.values(of)) {
      expect(strange(contract.parameters as Shape)).toEqual([]);
      expect(strange(contract.response)).toEqual([]);
    }
  });
});
