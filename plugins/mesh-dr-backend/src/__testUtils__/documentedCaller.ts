import type { ExtendedHttpServer } from '@backstage/backend-defaults/rootHttpRouter';
import request from 'supertest';
import { assertDocumented } from './contract';

/** Calls routes of a running backend, and checks each answer against openapi.yaml. */
export const documentedCaller =
  (server: () => ExtendedHttpServer) =>
  async (
    method: 'get' | 'post',
    path: string,
    body?: object,
  ): Promise<{ status: number; body: any }> => {
    const answer = await request(server())
      [method](`/api/mesh-dr${path}`)
      .send(body);
    assertDocumented(method, path, answer);
    return answer;
  };
