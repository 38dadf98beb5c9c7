import { KubeStatusError } from '../status';

/** One media type of an Accept header, with its parameters; a `q` of 0 is left out of the list. */
export interface MediaRange {
  type: string;
  parameters: Record<string, string>;
}

/** Reads an Accept header, best first. An empty one accepts everything. */
export function acceptable(accept: string | undefined): MediaRange[] {
  const ranges = (accept?.trim() || '*/*').split(',').map(part => {
    const [type, ...rest] = part.split(';').map(text => text.trim());
    const parameters = Object.fromEntries(
      rest.map(text => {
        const [name, ...value] = text.split('=');
        return [name.trim(), value.join('=').trim()];
      }),
    );
    return { type: type.toLocaleLowerCase('en-US'), parameters };
  });
  const weight = (range: MediaRange) => {
    const q = Number(range.parameters.q ?? 1);
    return Number.isFinite(q) ? q : 1;
  };
  // The sort is stable: equal weights keep their order.
  return ranges
    .filter(range => range.type && weight(range) > 0)
    .sort((a, b) => weight(b) - weight(a));
}

/** 406, with what could have been asked for. */
export function notAcceptable(types: string[]): KubeStatusError {
  return new KubeStatusError(
    406,
    'NotAcceptable',
    `only the following media types are accepted: ${types.join(', ')}`,
  );
}

/** The first of `offered` that the header accepts. Throws 406 where it accepts none. */
export function choose(accept: string | undefined, offered: string[]): string {
  for (const { type } of acceptable(accept)) {
    const found = offered.find(
      offer =>
        type === '*/*' || type === offer || type === `${offer.split('/')[0]}/*`,
    );
    if (found) return found;
  }
  throw notAcceptable(offered);
}
