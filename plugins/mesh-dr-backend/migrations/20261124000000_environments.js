/**
 * Environments that templates provisioned, with the spec they were made from and their last comparison with the cloud.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('environments', table => {
    table.comment('Environments that templates provisioned');
    table.string('name', 63).primary();
    table.string('account', 255).notNullable();
    table.string('owner', 512).nullable();
    table.string('status', 16).notNullable();
    table.text('spec').notNullable();
    table.text('parts').notNullable();
    table.string('updated_at', 32).notNullable();
    table.string('updated_by', 512).notNullable();
    table.text('drift').nullable();
    table.string('drift_checked_at', 32).nullable();
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('environments');
};
