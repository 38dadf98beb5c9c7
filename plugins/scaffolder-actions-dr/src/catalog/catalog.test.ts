import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entity } from '@backstage/catalog-model';
import { createCatalogRegisterAction } from '../actions/catalogRegister';
import { runAction } from '../__testUtils__/context';
import { createDeps } from '../__testUtils__/deps';
import { CatalogDirectory } from './CatalogDirectory';
import { DirectoryEntityProvider } from './DirectoryEntityProvider';

const component = (name: string, spec: object = {}): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name },
  spec: { type: 'service', lifecycle: 'production', owner: 'me', ...spec },
});

const quiet: any = {
  error: jest.fn(),
  warn: jest.fn(),
  info: jest.fn(),
  debug: jest.fn(),
  child: () => quiet,
};

/** A catalog that keeps the last mutation and says when one came. */
function fakeCatalog() {
  let announce: () => void;
  let next = new Promise<void>(resolve => {
    announce = resolve;
  });
  const state = { refs: [] as string[], mutations: 0 };
  return {
    state,
    async nextMutation() {
      await next;
      next = new Promise<void>(resolve => {
        announce = resolve;
      });
    },
    connection: {
      applyMutation: async ({ entities }: any) => {
        state.refs = entities.map(({ entity }: any) => entity.metadata.name);
        state.mutations += 1;
        announce();
      },
      refresh: async () => {},
    } as any,
  };
}

describe('the catalog directory', () => {
  let path: string;

  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'mesh-dr-catalog-')), 'new');
  });

  async function connected() {
    const directory = new CatalogDirectory(path);
    const catalog = fakeCatalog();
    let tick: () => Promise<void> = async () => {};
    const provider = new DirectoryEntityProvider({
      directory,
      logger: quiet,
      schedule: {
        run: async ({ fn }) => {
          tick = fn as () => Promise<void>;
        },
      },
    });
    await provider.connect(catalog.connection);
    await tick();
    await catalog.nextMutation();
    return { directory, catalog, tick: () => tick() };
  }

  it('hands registered entities to the catalog at once, and again after a restart', async () => {
    const { directory, catalog } = await connected();
    expect(catalog.state.refs).toEqual([]);
    expect(await directory.register([component('reviews')])).toEqual([
      'component:default/reviews',
    ]);
    await catalog.nextMutation();
    expect(catalog.state.refs).toEqual(['reviews']);

    const restarted = await connected();
    expect(restarted.catalog.state.refs).toEqual(['reviews']);
  });

  it('replaces an entity instead of doubling it, and tells the catalog only of changes', async () => {
    const { directory, catalog, tick } = await connected();
    await directory.register([component('reviews')]);
    await catalog.nextMutation();
    await directory.register([component('reviews', { owner: 'you' })]);
    await catalog.nextMutation();
    expect(await readdir(path)).toEqual(['component.default.reviews.yaml']);
    const { mutations } = catalog.state;
    await tick();
    expect(catalog.state.mutations).toBe(mutations);
  });

  it('sees what people write into it, and leaves out what is no entity', async () => {
    const { directory, catalog, tick } = await connected();
    await directory.register([component('reviews')]);
    await catalog.nextMutation();
    await writeFile(join(path, 'broken.yaml'), 'kind: [');
    await writeFile(
      join(path, 'group.yaml'),
      'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: admins }\nspec: { type: team, children: [] }\n',
    );
    await writeFile(join(path, 'mine.yaml'), JSON.stringify(component('mine')));
    await tick();
    expect(catalog.state.refs).toEqual(['reviews', 'mine']);
  });

  it('removes the entities of one environment only', async () => {
    const { directory, catalog } = await connected();
    const action = createCatalogRegisterAction(
      createDeps({ catalog: directory }),
    );
    await runAction(action, {
      environment: 'demo',
      entities: [component('reviews')],
    });
    await catalog.nextMutation();
    await runAction(action, {
      environment: 'other',
      entities: [component('shop')],
    });
    await catalog.nextMutation();
    expect(await directory.unregister({ environment: 'demo' })).toEqual([
      'component:default/reviews',
    ]);
    await catalog.nextMutation();
    expect(catalog.state.refs).toEqual(['shop']);
  });

  it('takes YAML text with several entities', async () => {
    const directory = new CatalogDirectory(path);
    const action = createCatalogRegisterAction(
      createDeps({ catalog: directory }),
    );
    const { output } = await runAction(action, {
      entities: `---\n${JSON.stringify(component('a'))}\n---\n${JSON.stringify(
        component('b'),
      )}\n`,
    });
    expect(output.entityRefs).toEqual([
      'component:default/a',
      'component:default/b',
    ]);
  });

  it.each([
    ['a person', { ...component('x'), kind: 'User' }, /only Component/],
    ['a bad name', component('not a name'), /name/],
    ['no entity', 'text', /not valid/],
  ])('refuses %s and writes nothing', async (_, candidate, message) => {
    const directory = new CatalogDirectory(path);
    await expect(
      directory.register([component('fine'), candidate]),
    ).rejects.toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringMatching(message),
      }),
    );
    expect(await directory.entities()).toEqual([]);
  });
});
