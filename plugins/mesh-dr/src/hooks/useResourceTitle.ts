import { useText, type Text } from './useText';

function say(dynamic: Text['dynamic'], key: string, title: string): string {
  const [kind, ...parts] = key.split('/');
  const [first = '', second = ''] = parts;
  const last = parts.at(-1) ?? '';
  // The key of a link to a route table holds the key of the attachment that it links.
  const attachment = parts.slice(0, -1).join('/');
  const of = kind === 'route-link' ? say(dynamic, attachment, attachment) : '';
  return dynamic(`resource.${kind}`, { first, second, last, of }, title);
}

/**
 * Says what a resource of an environment is in the reader's language.
 *
 * @returns a function of the resource's key, e.g. `vpc/vpc-hangzhou`, and its English title, which a kind shows that has
 * no translation
 */
export function useResourceTitle(): (key: string, title: string) => string {
  const { dynamic } = useText();
  return (key, title) => say(dynamic, key, title);
}
