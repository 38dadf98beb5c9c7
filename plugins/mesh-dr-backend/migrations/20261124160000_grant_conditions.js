/**
 * What `rule.change` of a grant depends on: the conditions that the permission policy gave when the grant was made, as
 * JSON. Null: every service.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('grants', table => {
    table.text('rule_conditions');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('grants', table => {
    table.dropColumn('rule_conditions');
  });
};
