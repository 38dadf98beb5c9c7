/**
 * Changes that return by themselves: when, when it is tried next, and why it did not work.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('changes', table => {
    table.string('expires_at', 32).nullable();
    table.string('return_at', 32).nullable();
    table.text('return_error').nullable();
    table.index(['status', 'return_at'], 'changes_return_at_idx');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('changes', table => {
    table.dropIndex(['status', 'return_at'], 'changes_return_at_idx');
  });
  await knex.schema.alterTable('changes', table => {
    table.dropColumn('expires_at');
    table.dropColumn('return_at');
    table.dropColumn('return_error');
  });
};
