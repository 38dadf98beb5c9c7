import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../tools/places';

const run = promisify(execFile);

/** Tests and what they use stay at home: a package that needs them does not build here. */
const NOT_SHIPPED = /(\.test\.ts|__testUtils__|__fixtures__)$/;

/**
 * Builds and packs the sandbox's package as its publisher would: declarations, `backstage-cli package build`,
 * `npm pack` with its prepack. In a copy, since prepack rewrites package.json.
 *
 * @param folder - where to work; emptied first
 * @returns path of the tarball
 */
export async function buildTarball(folder: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  const target = join(folder, 'packages/alicloud-sandbox');
  mkdirSync(target, { recursive: true });
  const source = join(repository, 'packages/alicloud-sandbox');
  for (const name of [
    'src',
    'bin',
    'examples',
    'LICENSE',
    'README.md',
    'package.json',
  ]) {
    cpSync(join(source, name), join(target, name), {
      recursive: true,
      filter: path => !NOT_SHIPPED.test(path),
    });
  }
  cpSync(join(repository, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      name: 'publisher',
      version: '0.0.0',
      private: true,
      workspaces: ['packages/*'],
      devDependencies: { '@backstage/cli-defaults': '*' },
    }),
  );
  const modules = join(repository, 'node_modules');
  symlinkSync(modules, join(folder, 'node_modules'), 'dir');

  const bin = (name: string) => join(modules, '.bin', name);
  await run(
    bin('tsc'),
    ['--emitDeclarationOnly', '--declaration', '--incremental', 'false'],
    { cwd: folder },
  );
  await run(bin('backstage-cli'), ['package', 'build'], { cwd: target });
  await run('npm', ['pack', '--silent'], { cwd: target });
  const tarball = readdirSync(target).find(name => name.endsWith('.tgz'));
  if (!tarball) throw new Error('npm pack made no tarball');
  return join(target, tarball);
}

/** Paths of the files in a tarball, without the leading `package/`. */
export async function filesOf(tarball: string): Promise<string[]> {
  const { stdout } = await run('tar', ['tzf', tarball]);
  return stdout
    .trim()
    .split('\n')
    .map(path => path.replace(/^package\//, ''));
}
