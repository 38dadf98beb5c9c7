import {
  resolvePackagePath,
  type DatabaseService,
} from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import type { Knex } from 'knex';

/** Where the migrations of this package lie. */
export const migrationsDirectory = () =>
  resolvePackagePath('@mesh-dr/backstage-plugin-mesh-dr-backend', 'migrations');

/** Any number that nobody else in this database uses: replicas that migrate take turns by it. */
const MIGRATION_TURN = 7_340_232;
/** Longest wait for other replicas to finish migrating, s. */
const LONGEST_TURN_SECONDS = 120;

/**
 * Opens the plugin's database and brings its schema up to date, unless the deployment migrates by itself. Replicas may
 * start at once, also on an empty database.
 *
 * @throws ServiceUnavailableError when other replicas migrate for too long
 */
export async function openDatabase(
  database: Pick<DatabaseService, 'getClient' | 'migrations'>,
): Promise<Knex> {
  const client = await database.getClient();
  if (database.migrations?.skip) return client;
  const migrate = () =>
    client.migrate.latest({ directory: migrationsDirectory() });
  // SQLite has one process.
  if (client.client.config.client === 'pg') await inTurn(client, migrate);
  else await migrate();
  return client;
}

/**
 * Migrates while no other replica does. The lock of the migrations themselves does not wait, and two replicas that make its
 * table at once leave it so that nobody can ever take it; this one is PostgreSQL's own, and ends with its transaction
 * whatever becomes of the process.
 */
async function inTurn(client: Knex, work: () => Promise<void>): Promise<void> {
  await client.transaction(async turn => {
    await turn.raw(`set local lock_timeout = '${LONGEST_TURN_SECONDS}s'`);
    await turn
      .raw('select pg_advisory_xact_lock(?)', [MIGRATION_TURN])
      .catch(error => {
        throw error.code === '55P03'
          ? new ServiceUnavailableError(
              `Another replica has been migrating the database for more than ${LONGEST_TURN_SECONDS} s; look into its log, and start this one again`,
              error,
            )
          : error;
      });
    await work();
  });
}
