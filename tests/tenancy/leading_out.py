"""Functions that would lead out of a scope, into the server, or onto the session: PostgreSQL refuses every one inside an expression."""

import asyncpg

from tests.tenancy.arena import Attack


def refused(claim: str, *calls: str) -> list[Attack]:
    """Return an attack per call."""
    return [Attack(f"{claim}: {call.partition('(')[0]} #{number}", f"SELECT {call}") for number, call in enumerate(calls, 1)]


CHANGING_WHO = (
    *refused(
        "no expression changes the role, the path or a limit",
        "set_config('role', '{b}', true)",
        "set_config('role', '{b}', false)",
        "set_config('role', 'none', true)",
        "set_config('session_authorization', '{b}', true)",
        "set_config('search_path', '{b}', true)",
        "set_config('search_path', '{b}', false)",
        "set_config('statement_timeout', '0', false)",
        "set_config('row_security', 'off', true)",
        "set_config('weft.anything', 'left behind', false)",
        "extensions.set_limit(0.9)",
        "setseed(0.5)",
    ),
    Attack("no condition changes the role", "SELECT title FROM notes_note WHERE set_config('role', '{b}', true) IS NOT NULL"),
    Attack("no ORDER BY changes the role", "SELECT title FROM notes_note ORDER BY set_config('role', '{b}', true)"),
    Attack("no CTE changes the role", "WITH x AS MATERIALIZED (SELECT set_config('role', '{b}', true) s) SELECT title FROM x, notes_note"),
    Attack("no INSERT changes the role", "INSERT INTO notes_note VALUES (gen_random_uuid(), set_config('role', '{b}', true), 1)"),
    Attack("no RETURNING changes the role", "UPDATE notes_note SET version = 1 RETURNING set_config('role', '{b}', true)"),
)

RUNNING_SQL = refused(
    "no function runs SQL of its own",
    "query_to_xml('select title from {b}.notes_note', true, true, '')",
    "query_to_xmlschema('select title from {b}.notes_note', true, true, '')",
    "query_to_xml_and_xmlschema('select title from {b}.notes_note', true, true, '')",
    "table_to_xml('notes_note', true, true, '')",
    "table_to_xmlschema('notes_note', true, true, '')",
    "table_to_xml_and_xmlschema('notes_note', true, true, '')",
    "schema_to_xml('{a}', true, true, '')",
    "schema_to_xmlschema('{a}', true, true, '')",
    "schema_to_xml_and_xmlschema('{a}', true, true, '')",
    "database_to_xml(true, true, '')",
    "database_to_xmlschema(true, true, '')",
    "database_to_xml_and_xmlschema(true, true, '')",
    "cursor_to_xml('c', 1, true, true, '')",
    "cursor_to_xmlschema('c', true, true, '')",
    "ts_stat('select to_tsvector(title) from {b}.notes_note')",
    "ts_stat('select to_tsvector(title) from {b}.notes_note', 'a')",
    "ts_rewrite('a'::tsquery, 'select ''a''::tsquery, ''b''::tsquery')",
)

FILES = refused(
    "the server's files stay closed",
    "pg_read_file('PG_VERSION')",
    "pg_read_file('/etc/passwd', 0, 100, true)",
    "pg_read_binary_file('PG_VERSION')",
    "pg_ls_dir('.')",
    "pg_ls_logdir()",
    "pg_ls_waldir()",
    "pg_ls_tmpdir()",
    "pg_ls_archive_statusdir()",
    "pg_stat_file('PG_VERSION')",
    "pg_current_logfile()",
    "pg_hba_file_rules()",
    "pg_ident_file_mappings()",
    "pg_show_all_file_settings()",
    "pg_config()",
    "lo_import('/etc/passwd')",
    "lo_import('/etc/passwd', 4711)",
    "lo_export(4711, '/tmp/stolen')",
)

LARGE_OBJECTS = refused(
    "large objects, which know no tenant, stay closed",
    "lo_creat(-1)",
    "lo_create(4711)",
    "lo_from_bytea(4711, 'x')",
    "lo_open(4711, 262144)",
    "lo_get(4711)",
    "lo_put(4711, 0, 'x')",
    "loread(0, 10)",
    "lowrite(0, 'x')",
    "lo_lseek(0, 0, 0)",
    "lo_tell(0)",
    "lo_truncate(0, 0)",
    "lo_unlink(4711)",
    "lo_close(0)",
)

SESSION = refused(
    "nothing is left on the session or told to others",
    "pg_advisory_lock(1)",
    "pg_advisory_lock(1, 1)",
    "pg_advisory_lock_shared(1)",
    "pg_try_advisory_lock(1)",
    "pg_try_advisory_lock_shared(1, 1)",
    "pg_advisory_xact_lock(1)",
    "pg_advisory_xact_lock_shared(1)",
    "pg_try_advisory_xact_lock(1)",
    "pg_try_advisory_xact_lock(1, 1)",
    "pg_advisory_unlock(1)",
    "pg_advisory_unlock_all()",
    "pg_notify('weft_changed', 'everything:')",
    "pg_logical_emit_message(false, 'x', 'y')",
    "pg_logical_emit_message(true, 'x', 'y'::bytea)",
    "pg_export_snapshot()",
    "pg_sleep(0.01)",
    "pg_sleep_for('10 milliseconds')",
    "pg_sleep_until(now())",
    "pg_prepared_statement()",
    "pg_cursor()",
    "pg_listening_channels()",
    "pg_notification_queue_usage()",
)

SERVER = refused(
    "other sessions and the server are out of reach",
    "pg_terminate_backend(pid) FROM pg_stat_activity",
    "pg_cancel_backend(pid) FROM pg_stat_activity",
    "pg_reload_conf()",
    "pg_rotate_logfile()",
    "pg_switch_wal()",
    "pg_create_restore_point('x')",
    "pg_backup_start('x')",
    "pg_promote()",
    "pg_log_standby_snapshot()",
    "pg_stat_reset()",
    "pg_stat_reset_shared('io')",
    "pg_stat_reset_single_table_counters(oid) FROM pg_class WHERE relname = 'notes_note'",
    "pg_log_backend_memory_contexts(pg_backend_pid())",
    "pg_create_physical_replication_slot('x')",
    "pg_create_logical_replication_slot('x', 'pgoutput')",
    "pg_logical_slot_get_changes('x', NULL, NULL)",
    "pg_replication_origin_create('x')",
    "pg_clear_relation_stats('{a}', 'notes_note')",
    "pg_relation_size(oid) FROM pg_class WHERE relname = 'notes_note'",
    "pg_total_relation_size(oid) FROM pg_class WHERE relname = 'notes_note'",
    "pg_database_size(current_database())",
    "pg_lock_status()",
    "pg_blocking_pids(1)",
    "pg_nextoid('pg_class', 'oid', 'pg_class_oid_index')",
    "pg_import_system_collations('public')",
)

CATALOGUE = (
    Attack("password hashes are not shown", "SELECT rolpassword FROM pg_authid"),
    Attack("password hashes are not shown by the old view", "SELECT passwd FROM pg_shadow"),
    Attack("passwords are hidden in the view of roles", "SELECT count(*) FROM pg_roles WHERE rolpassword <> '********'", harmless=(0,)),
    Attack("user mappings are not shown", "SELECT umoptions FROM pg_user_mapping"),
    Attack("subscriptions are not shown", "SELECT subconninfo FROM pg_subscription"),
    Attack("large objects are not read from the catalogue", "SELECT data FROM pg_largeobject"),
    Attack("the server's folders are not told", "SELECT count(*) FROM pg_settings WHERE name = 'data_directory'", harmless=(0,)),
    Attack("what others prepared is not shown", "SELECT statement FROM pg_prepared_statements"),
    Attack("what others' cursors run is not shown", "SELECT statement FROM pg_cursors"),
    Attack("locks of others are not shown", "SELECT relation FROM pg_locks"),
    Attack("rules of connecting are not shown", "SELECT address FROM pg_hba_file_rules"),
    Attack(
        "what others run is not shown",
        "SELECT count(*) FROM pg_stat_activity WHERE query NOT IN ('', '<insufficient privilege>')",
        harmless=(0,),
    ),
    Attack(
        "what others run is not shown by its function",
        "SELECT count(*) FROM pg_stat_get_activity(NULL) a WHERE a.query NOT IN ('', '<insufficient privilege>')",
        harmless=(0,),
    ),
    Attack("dblink is not there", "SELECT dblink_connect('dbname=postgres')", asyncpg.UndefinedFunctionError),
    Attack("foreign servers are not there", "SELECT count(*) FROM pg_foreign_server", harmless=(0,)),
)
