import createKnex, { type Knex } from 'knex';

/** A database for its user to destroy: Backstage's own mock leaves its pool's timer running after the backend. */
export function memoryDatabase(): Knex {
  return createKnex({
    client: 'better-sqlite3',
    connection: ':memory:',
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  });
}
