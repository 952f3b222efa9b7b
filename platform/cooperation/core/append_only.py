"""Tables that are written once: the database itself refuses to change or delete their rows.

Design: reliability 1.7, rule 5. `protect` makes `create_all` install the triggers; migrations run
`append_only_statements` after they have made the table.
"""

import sqlalchemy as sa
from sqlalchemy import event

PROTECTED: set[str] = set()
"""The tables that are append-only, known once their models are imported."""

_SQLITE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
)

_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'this table is append-only'; END $$",
    "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


def append_only_statements(table: str, dialect: str) -> tuple[str, ...]:
    """Return the statements that make `table` append-only on `dialect` (sqlite, postgresql)."""
    statements = _SQLITE if dialect == "sqlite" else _POSTGRESQL
    return tuple(statement.format(table=table) for statement in statements)


def protect(table: sa.FromClause) -> None:
    """Make `create_all` install the triggers of an append-only table; call it under the model."""
    if not isinstance(table, sa.Table):
        raise TypeError("only a table can be append-only")
    PROTECTED.add(table.name)
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_statements(table.name, dialect):
            ddl = sa.DDL(statement)  # type: ignore[no-untyped-call] # untyped in SQLAlchemy
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
