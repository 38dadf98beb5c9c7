import {
  resolvePackagePath,
  type DatabaseService,
} from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';

/** Where the migrations of this package lie. */
export const migrationsDirectory = () =>
  resolvePackagePath('@mesh-dr/backstage-plugin-mesh-dr-backend', 'migrations');

/** Opens the plugin's database and brings its schema up to date, unless the deployment migrates by itself. */
export async function openDatabase(database: DatabaseService): Promise<Knex> {
  const client = await database.getClient();
  if (!database.migrations?.skip) {
    await client.migrate.latest({ directory: migrationsDirectory() });
  }
  return client;
}
