/**
 * Changes, operations, grants and leases. Timestamps are ISO 8601 text in UTC, so that SQLite and PostgreSQL compare and
 * return them alike.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('changes', table => {
    table.comment(
      'Rule changes: every edit of a locality rule, with its state before and after',
    );
    table.string('id', 36).primary();
    table.string('mesh_id', 128).notNullable();
    table.string('scope', 16).notNullable();
    table.string('namespace', 253).nullable();
    table.string('name', 253).nullable();
    table.string('status', 32).notNullable();
    table.string('requested_by', 512).notNullable();
    table.string('requested_at', 32).notNullable();
    table.text('reason').notNullable();
    table.string('hash', 64).notNullable();
    table.string('approved_by', 512).nullable();
    table.string('applied_at', 32).nullable();
    table.string('rollback_of', 36).nullable();
    table.text('intent').notNullable();
    table.text('before').notNullable();
    table.text('after').notNullable();
    table.text('findings').notNullable();
    table.text('plan').notNullable();
    table.text('verified').nullable();
    table.text('error').nullable();
    table.index(['requested_at', 'id'], 'changes_requested_at_idx');
    table.index(['mesh_id', 'namespace', 'name'], 'changes_target_idx');
    table.index(['status'], 'changes_status_idx');
  });
  await knex.schema.createTable('operations', table => {
    table.comment(
      'Joining and leaving: durable work that is resumed after a restart',
    );
    table.string('id', 36).primary();
    table.string('kind', 16).notNullable();
    table.string('mesh_id', 128).notNullable();
    table.string('cluster_id', 128).notNullable();
    table.string('status', 16).notNullable();
    table.string('started_at', 32).notNullable();
    table.string('finished_at', 32).nullable();
    table.string('requested_by', 512).notNullable();
    table.text('progress').notNullable();
    table.text('diagnosis').nullable();
    table.index(['mesh_id', 'cluster_id', 'status'], 'operations_pair_idx');
  });
  await knex.schema.createTable('grants', table => {
    table.comment(
      'Operation grants: what long tasks may do in the name of their initiator',
    );
    table.string('id', 64).primary();
    table.string('initiator', 512).notNullable();
    table.string('environment', 255).notNullable();
    table.text('operations').notNullable();
    table.boolean('mesh_rules').notNullable();
    table.string('created_at', 32).notNullable();
    table.string('expires_at', 32).notNullable();
    table.string('revoked_at', 32).nullable();
    table.index(['initiator'], 'grants_initiator_idx');
  });
  await knex.schema.createTable('leases', table => {
    table.comment(
      'Locks with an end: one writer per mesh, one worker per operation',
    );
    table.string('key', 255).primary();
    table.string('owner', 64).notNullable();
    table.string('expires_at', 32).notNullable();
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('leases');
  await knex.schema.dropTable('grants');
  await knex.schema.dropTable('operations');
  await knex.schema.dropTable('changes');
};
