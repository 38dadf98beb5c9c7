/**
 * The last known state of each mesh and cluster, so that a portal that starts while a region is out can still draw it.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('fleet_snapshots', table => {
    table.comment('Last known state of meshes and clusters');
    table.string('id', 128).primary();
    table.string('kind', 16).notNullable();
    table.string('mesh_id', 128).notNullable();
    table.string('account', 128).notNullable();
    table.string('observed_at', 32).notNullable();
    table.binary('content').notNullable();
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('fleet_snapshots');
};
