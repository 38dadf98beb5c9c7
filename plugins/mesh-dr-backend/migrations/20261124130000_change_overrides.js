/**
 * Guardrails that were set aside for a change, and the look-up of the last change that was written.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('changes', table => {
    table.text('overrides').nullable();
    table.index(['mesh_id', 'applied_at'], 'changes_applied_at_idx');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('changes', table => {
    table.dropIndex(['mesh_id', 'applied_at'], 'changes_applied_at_idx');
  });
  await knex.schema.alterTable('changes', table => {
    table.dropColumn('overrides');
  });
};
