type Scalar = string | number | boolean | undefined;
type Repeated = Scalar | { [key: string]: Scalar | string[] };

/**
 * RPC parameters: lists become `Name.1`, lists of objects `Name.1.Field`; undefined is left out. An operation that
 * wants JSON in a parameter gets it as text.
 */
export type RpcParams = Record<string, Scalar | readonly Repeated[]>;

/** Parameters of a ROA query. */
export type RoaQuery = Record<string, Scalar>;

/** Lists and objects as the RPC style writes them; undefined and null are left out. */
export function flatten(
  operation: string,
  params: RpcParams,
): Record<string, string> {
  const flat: Record<string, string> = {};
  const put = (key: string, value: unknown): void => {
    if (value === undefined || value === null) return;
    if (Array.isArray(value)) {
      value.forEach((entry, index) => put(`${key}.${index + 1}`, entry));
    } else if (typeof value === 'object') {
      if (!/\.\d+$/.test(key)) {
        throw new TypeError(
          `Parameter ${key} of ${operation} is an object; the API takes a list of objects or JSON text there`,
        );
      }
      for (const [name, entry] of Object.entries(value)) {
        put(`${key}.${name}`, entry);
      }
    } else {
      flat[key] = String(value);
    }
  };
  for (const [key, value] of Object.entries(params)) put(key, value);
  return flat;
}
