import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAction } from '../__testUtils__/context';
import { createDeps, fakePermissions } from '../__testUtils__/deps';
import { createChangesExportAction } from './changesExport';

function meshDr(exported: object) {
  return {
    getChange: async () => ({
      id: 'change-1',
      status: 'applied',
      reason: 'game day',
      requestedBy: 'user:default/owner',
      approvedBy: 'user:default/approver',
    }),
    exportChange: async () => ({
      changeId: 'change-1',
      files: [],
      removed: [],
      commands: ['kubectl apply --filename a/b.yaml'],
      ...exported,
    }),
  };
}

describe('dr:changes:export', () => {
  let workspacePath: string;
  beforeEach(async () => {
    workspacePath = await mkdtemp(join(tmpdir(), 'mesh-dr-export-'));
  });
  afterEach(async () => {
    await rm(workspacePath, { recursive: true });
  });
  const run = (exported: object, input: object = {}) =>
    runAction(
      createChangesExportAction(
        createDeps({ meshDr: meshDr(exported) as any }),
      ),
      { change: 'change-1', ...input },
      { workspacePath },
    );

  it('writes the files where a publish action finds them, and says why in Markdown', async () => {
    const { output } = await run(
      { files: [{ path: 'a/b.yaml', content: 'kind: DestinationRule\n' }] },
      { targetPath: 'rules' },
    );
    const file = join(workspacePath, 'rules/a/b.yaml');
    expect(await readFile(file, 'utf8')).toBe('kind: DestinationRule\n');
    expect(output.files).toEqual(['a/b.yaml']);
    expect(output.description).toContain('game day');
    expect(output.description).toContain('user:default/approver');
    expect(output.description).toContain('kubectl apply --filename a/b.yaml');
  });

  it('removes what no longer holds', async () => {
    const file = join(workspacePath, 'old.yaml');
    await writeFile(file, 'old');
    await run({ removed: ['old.yaml', 'never-was.yaml'] });
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('never leaves the workspace', async () => {
    const escape = { files: [{ path: '../out.yaml', content: '' }] };
    await expect(run(escape)).rejects.toThrow(/outside/);
    await expect(run({}, { targetPath: '../..' })).rejects.toThrow(/outside/);
  });

  it('needs the permission to read services', async () => {
    const deps = createDeps({
      meshDr: meshDr({}) as any,
      permissions: fakePermissions(['mesh-dr.service.read']),
    });
    await expect(
      runAction(
        createChangesExportAction(deps),
        { change: 'change-1' },
        { workspacePath },
      ),
    ).rejects.toThrow('mesh-dr.service.read is missing');
  });
});
