"""Plain SQL that reaches for B's rows: none of it is refused by the gate, all of it by PostgreSQL."""

import asyncpg

from tests.tenancy.arena import Attack

B = "{b}.notes_note"

READING = (
    Attack("no subselect reads B", f"SELECT (SELECT title FROM {B})"),
    Attack("no condition reads B", f"SELECT title FROM notes_note WHERE EXISTS (SELECT 1 FROM {B})"),
    Attack("no UNION reads B", f"SELECT title FROM notes_note UNION ALL SELECT title FROM {B}"),
    Attack("no lateral join reads B", f"SELECT x.title FROM notes_note, LATERAL (SELECT title FROM {B}) x"),
    Attack("no CTE reads B", f"WITH x AS MATERIALIZED (SELECT title FROM {B}) SELECT title FROM x"),
    Attack(
        "no recursive CTE reads B", f"WITH RECURSIVE x AS (SELECT title FROM {B} UNION ALL SELECT title FROM x) SELECT * FROM x LIMIT 3"
    ),
    Attack("no VALUES reads B", f"VALUES ((SELECT title FROM {B}))"),
    Attack("no aggregate reads B", f"SELECT string_agg(title, ',' ORDER BY title) FILTER (WHERE true) FROM {B}"),
    Attack("no whole row of B is read", f"SELECT row_to_json(x) FROM ONLY {B} x"),
    Attack("no sample of B is read", f"SELECT title FROM {B} TABLESAMPLE system (100)"),
    Attack("no error message tells of B", f"SELECT CAST((SELECT title FROM {B}) AS integer)"),
    Attack("no LIMIT tells of B", f"SELECT 1 FROM generate_series(1, 5) LIMIT (SELECT count(*) FROM {B})"),
    Attack("no order of rows tells of B", f"SELECT title FROM notes_note ORDER BY (SELECT title FROM {B})"),
    Attack("no default argument reads B", f"SELECT COALESCE(NULL, (SELECT title FROM {B}))"),
    Attack("no array reads B", f"SELECT ARRAY(SELECT title FROM {B})"),
    Attack("B's rows are not locked for update", f"SELECT title FROM {B} FOR UPDATE"),
    Attack("B's rows are not locked for share in a join", f"SELECT 1 FROM notes_note JOIN {B} x ON true FOR SHARE OF x"),
    Attack("the row type of B's table is no way in", f"SELECT NULL::{B}"),
    Attack("a record is not read as B's row type", f"SELECT * FROM jsonb_populate_record(NULL::{B}, '{{}}')"),
    Attack("B's table has no number by its name", "SELECT '{b}.notes_note'::regclass::oid"),
    Attack("B's table is not found by to_regclass", "SELECT to_regclass('{b}.notes_note')::oid"),
    Attack("B's bookkeeping is not read", "SELECT name FROM {b}.migration"),
    Attack("A's own bookkeeping is not read", "SELECT name FROM migration"),
    Attack("B's sequence is not read", "SELECT last_value FROM {b}.notes_number"),
    Attack("B's sequence gives no number", "SELECT nextval('{b}.notes_number')"),
    Attack("B's sequence gives no number by its oid", "SELECT nextval(oid::regclass) FROM pg_class WHERE relname = 'notes_number'"),
    Attack("B's sequence tells no parameters", "SELECT pg_sequence_parameters(oid) FROM pg_class WHERE relname = 'notes_number'"),
    Attack("B's sequence tells no last value", "SELECT pg_sequence_last_value(oid::regclass) FROM pg_class WHERE relname = 'notes_number'"),
    Attack(
        "the data of B's sequence are not told",
        "SELECT (pg_get_sequence_data(oid::regclass)).last_value FROM pg_class WHERE relname = 'notes_number'",
        harmless=(None,),
    ),
    Attack("statistics of B's columns are not told", "SELECT count(*) FROM pg_stats WHERE schemaname = '{b}'", harmless=(0,)),
    Attack("statistics are not read from the catalogue", "SELECT starelid FROM pg_statistic"),
    Attack("extended statistics are not read", "SELECT stxoid FROM pg_statistic_ext_data"),
    Attack("standard views show nothing of B", "SELECT count(*) FROM information_schema.tables WHERE table_schema = '{b}'", harmless=(0,)),
    Attack(
        "standard views show no column of B", "SELECT count(*) FROM information_schema.columns WHERE table_schema = '{b}'", harmless=(0,)
    ),
)

WRITING = (
    Attack("INSERT into B is refused", f"INSERT INTO {B} (id, title, version) VALUES (gen_random_uuid(), 'x', 1)"),
    Attack("UPDATE of B is refused", f"UPDATE {B} SET title = 'x'"),
    Attack("DELETE from B is refused", f"DELETE FROM {B}"),
    Attack("a CTE cannot delete from B", f"WITH gone AS (DELETE FROM {B} RETURNING title) SELECT title FROM gone"),
    Attack("a CTE cannot update B", f"WITH x AS (UPDATE {B} SET title = 'x' RETURNING title) SELECT title FROM x"),
    Attack("a CTE cannot insert into B", f"WITH x AS (INSERT INTO {B} VALUES (gen_random_uuid(), 'x', 1) RETURNING id) SELECT id FROM x"),
    Attack("MERGE into B is refused", f"MERGE INTO {B} t USING notes_note s ON false WHEN NOT MATCHED THEN INSERT VALUES (s.id, '', 1)"),
    Attack("MERGE from B is refused", f"MERGE INTO notes_note t USING {B} s ON false WHEN NOT MATCHED THEN INSERT VALUES (s.id, '', 1)"),
    Attack("MERGE deletes nothing of B", f"MERGE INTO {B} t USING notes_note s ON true WHEN MATCHED THEN DELETE RETURNING t.title"),
    Attack("INSERT … SELECT copies nothing of B", f"INSERT INTO notes_note SELECT gen_random_uuid(), title, 1 FROM {B} RETURNING title"),
    Attack("RETURNING reads nothing of B", f"UPDATE notes_note SET version = 2 RETURNING (SELECT title FROM {B})"),
    Attack("SET reads nothing of B", f"UPDATE notes_note SET title = (SELECT title FROM {B}) RETURNING title"),
    Attack("UPDATE … FROM reads nothing of B", f"UPDATE notes_note n SET title = b.title FROM {B} b RETURNING n.title"),
    Attack("DELETE … USING reads nothing of B", f"DELETE FROM notes_note n USING {B} b RETURNING b.title"),
    Attack(
        "ON CONFLICT reads nothing of B",
        "INSERT INTO notes_note SELECT id, title, 1 FROM notes_note ON CONFLICT (id) DO UPDATE"
        f" SET title = (SELECT title FROM {B}) RETURNING title",
    ),
    Attack(
        "ON CONFLICT writes nothing of B", f"INSERT INTO {B} VALUES (gen_random_uuid(), '', 1) ON CONFLICT (id) DO UPDATE SET title = 'x'"
    ),
    Attack("SELECT … INTO makes no table", "SELECT title INTO stolen FROM notes_note"),
    Attack("SELECT … INTO makes no temporary table", "SELECT title INTO TEMP notes_note FROM notes_note"),
    Attack("SELECT … INTO makes no table in B", "SELECT 1 AS one INTO {b}.planted"),
    Attack("SELECT … INTO makes no table in public", "SELECT 1 AS one INTO public.planted"),
    Attack("A's own bookkeeping is not written", "DELETE FROM migration"),
    Attack("the catalogue is not written", "UPDATE pg_class SET relacl = NULL WHERE relname = 'notes_note'"),
    Attack("a role is not written", "UPDATE pg_authid SET rolsuper = true"),
    Attack("a setting is not written", "UPDATE pg_settings SET setting = '{b}' WHERE name = 'role'"),
    Attack("two statements are not one", "SELECT 1; SELECT title FROM {b}.notes_note", asyncpg.PostgresSyntaxError),
    Attack("a second statement does not change the role", "SELECT 1; SET ROLE {b}", asyncpg.PostgresSyntaxError),
)
