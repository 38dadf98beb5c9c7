import ack from './ack.json';
import asm from './asm.json';
import cen from './cen.json';
import ecs from './ecs.json';
import sts from './sts.json';
import vpc from './vpc.json';

/** `integer` has 32 bits and `long` 64; `any` is not looked into. */
export type Scalar =
  | 'string'
  | 'integer'
  | 'long'
  | 'number'
  | 'boolean'
  | 'any';

/** A list has one element: the shape of its items. An object whose only key is `*` is a map. */
export type Shape = Scalar | [Shape] | { [key: string]: Shape };

/** A parameter: a shape, or a text that holds JSON of a shape. */
export type ParameterShape = Shape | { $json: Shape };

/** What an operation takes and answers, from the published SDK models and API metadata. */
export interface Contract {
  /** Of the Container Service only. */
  method?: string;
  /** Of the Container Service only; `:name` segments are parameters. */
  path?: string;
  parameters: Record<string, ParameterShape>;
  required?: string[];
  /** Parameters that SDKs send in the form body; all others of an RPC operation travel in the query. */
  body?: string[];
  response: Shape;
}

export type Contracts = Readonly<Record<string, Contract>>;

// A JSON module's lists are inferred as arrays, not as tuples of one.
const table = (json: unknown) => json as Contracts;

/** By operation. The file names are the products' short names in this package. */
export const ackContracts = table(ack);
export const asmContracts = table(asm);
export const cenContracts = table(cen);
export const ecsContracts = table(ecs);
export const stsContracts = table(sts);
export const vpcContracts = table(vpc);

/** The contract of an operation; undefined for the few that this package serves without one. */
export function contractOf(
  contracts: Contracts,
  operation: string,
): Contract | undefined {
  return Object.hasOwn(contracts, operation) ? contracts[operation] : undefined;
}
