import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');
const text = readFileSync(resolve(ROOT, 'docs/assumptions.md'), 'utf8');

/** `path`, by custom followed by the names in it that matter: `path` (`name`, `other`). */
const REFERENCE =
  /`((?:plugins|packages)\/[\w./-]+)`(?:\s*\(((?:`\w+`(?:,\s*)?)+)\))?/g;

const references = [...text.matchAll(REFERENCE)].map(
  ([, path, names = '']) =>
    [path, [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name)] as const,
);

describe('docs/assumptions.md', () => {
  it('names files', () => {
    expect(references.length).toBeGreaterThan(100);
  });

  it('names only files that exist', () => {
    expect(
      references
        .map(([path]) => path)
        .filter(path => !existsSync(resolve(ROOT, path))),
    ).toEqual([]);
  });

  it('names only what is in these files', () => {
    const lost = references.flatMap(([path, names]) => {
      const source = readFileSync(resolve(ROOT, path), 'utf8');
      return names
        .filter(name => !new RegExp(`\\b${name}\\b`).test(source))
        .map(name => `${name} in ${path}`);
    });
    expect(lost).toEqual([]);
  });
});
