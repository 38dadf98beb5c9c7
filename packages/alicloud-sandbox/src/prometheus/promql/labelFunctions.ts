import { withLabel } from '../labels';
import { anchored } from '../matchers';
import { QueryError, Sample, unique } from './values';

const LABEL_NAME = /^[a-zA-Z_]\w*$/;

/**
 * `label_replace`: where `source` matches, `target` is set to `replacement` with `$1` and `${name}` filled in.
 * @throws QueryError for a bad regular expression or label name, or when two elements become the same
 */
export function labelReplace(
  samples: Sample[],
  [target, replacement, source, pattern]: string[],
): Sample[] {
  let regexp: RegExp;
  try {
    regexp = anchored(pattern);
  } catch {
    throw new QueryError(
      `invalid regular expression in label_replace(): ${pattern}`,
    );
  }
  if (!LABEL_NAME.test(target)) {
    throw new QueryError(
      `invalid destination label name in label_replace(): ${target}`,
    );
  }
  return unique(
    samples.map(sample => {
      const found = regexp.exec(sample.labels[source] ?? '');
      if (!found) return sample;
      const value = fill(replacement, found);
      return { ...sample, labels: withLabel(sample.labels, target, value) };
    }),
  );
}

/** `label_join`: `target` becomes the sources' values with a separator between them. */
export function labelJoin(
  samples: Sample[],
  [target, separator, ...sources]: string[],
): Sample[] {
  const bad = [target, ...sources].find(name => !LABEL_NAME.test(name));
  if (bad !== undefined) {
    throw new QueryError(`invalid label name in label_join(): ${bad}`);
  }
  return unique(
    samples.map(sample => ({
      ...sample,
      labels: withLabel(
        sample.labels,
        target,
        sources.map(name => sample.labels[name] ?? '').join(separator),
      ),
    })),
  );
}

/** Go's templates: `$$` is a dollar, a name is as long as it can be, an unknown one is empty. */
function fill(template: string, found: RegExpExecArray): string {
  return template.replace(
    /\$(?:(\$)|\{(\w+)\}|(\w+))/g,
    (_, dollar, braced, bare) => {
      if (dollar) return '$';
      const name: string = braced ?? bare;
      const value = /^\d+$/.test(name)
        ? found[Number(name)]
        : found.groups?.[name];
      return value ?? '';
    },
  );
}
