import request from 'supertest';
import { parse } from 'yaml';
import { documentedOperations, openapi } from '../__testUtils__/contract';
import { startPlugin } from '../__testUtils__/startPlugin';
import { createRouter } from './createRouter';
import type { RouteServices } from './types';

describe('openapi.yaml', () => {
  it('describes every route, and no other', () => {
    const guard = () => () => {};
    const router = createRouter({ guard } as unknown as RouteServices);
    const routes = router.stack
      .flatMap(({ route }) => (route ? [route as any] : []))
      .flatMap(route =>
        Object.keys(route.methods).map(
          method =>
            `${method.toUpperCase()} ${route.path.replace(/:(\w+)/g, '{$1}')}`,
        ),
      );
    expect(routes.sort()).toEqual(documentedOperations().sort());
  });

  it('is served without credentials', async () => {
    const { backend, stop } = await startPlugin();
    const { text, type } = await request(backend.server)
      .get('/api/mesh-dr/openapi.yaml')
      .expect(200);
    expect(type).toBe('application/yaml');
    expect(parse(text)).toEqual(openapi);
    await stop();
  });
});
