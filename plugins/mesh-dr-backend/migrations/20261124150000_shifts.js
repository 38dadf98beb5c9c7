/**
 * Gradual shifts. Their steps are changes; the unique index lets only one process take a step.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('shifts', table => {
    table.comment('Shifts of calls from one region to another in steps');
    table.string('id', 36).primary();
    table.string('mesh_id', 128).notNullable();
    table.string('namespace', 253).notNullable();
    table.string('name', 253).notNullable();
    table.string('status', 32).notNullable();
    table.string('requested_by', 512).notNullable();
    table.string('requested_at', 32).notNullable();
    table.string('finished_at', 32).nullable();
    table.text('request').notNullable();
    table.text('detail').nullable();
    table.index(['mesh_id', 'namespace', 'name'], 'shifts_target_idx');
    table.index(['status'], 'shifts_status_idx');
  });
  await knex.schema.alterTable('changes', table => {
    table.string('shift_id', 36).nullable();
    table.integer('shift_step').nullable();
    table.unique(['shift_id', 'shift_step'], {
      indexName: 'changes_shift_step_idx',
    });
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('changes', table => {
    table.dropUnique(['shift_id', 'shift_step'], 'changes_shift_step_idx');
  });
  await knex.schema.alterTable('changes', table => {
    table.dropColumn('shift_id');
    table.dropColumn('shift_step');
  });
  await knex.schema.dropTable('shifts');
};
