"""Row-level security of PostgreSQL: conditions, policies, grants, and whether they are in force.

Design: reliability 1.7, rule 5. It is a second fence: where a service forgets to ask the guard or a
query its State, the rows of others are not there. It does not bind somebody who may send any SQL
he likes as the application's role, since he may also name himself another State; what is sealed
stays sealed for him. The rules themselves are `access.rows`.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from cooperation.core.errors import Broken
from cooperation.core.row_scope import Duty
from cooperation.core.text import Text, _

_READ, _INSERT, _UPDATE, _DELETE = "rows_read", "rows_insert", "rows_update", "rows_delete"
_MIGRATION = "rows_migration"
POLICIES = (_READ, _INSERT, _UPDATE, _DELETE, _MIGRATION)


class RowSecurityMissing(Broken):
    """The database would show rows that the application's role must not see."""

    sentence = _("Row-level security is not in force.")


def setting(name: str) -> str:
    """Return the SQL of one of the four settings; looked up once in a statement."""
    return f"(SELECT current_setting('app.{name}', true))"


def own(column: str = "state_code") -> str:
    """The row is of the person's own State."""
    return f"{column} = {setting('state')}"


def in_circle(column: str) -> str:
    """The person is of a circle that the column names; several stand with blanks between."""
    return f"string_to_array({column}, ' ') && string_to_array({setting('circles')}, ' ')"


def people_of(*institutions: str) -> str:
    """The person belongs to one of these institutions."""
    return _is_one_of(setting("institution"), institutions)


def on_duty(*duties: Duty) -> str:
    """The platform itself is at work, on one of these duties."""
    return _is_one_of(setting("duty"), duties)


def both(*conditions: str) -> str:
    """All of these hold."""
    return " AND ".join(f"({condition})" for condition in conditions)


def within(column: str, *values: str) -> str:
    """The column has one of these values."""
    return _is_one_of(column, values)


def through(parent: str, column: str, key: str = "id", *, condition: str = "") -> str:
    """The row hangs on a row of `parent` that may be read, and of which `condition` holds."""
    held = both(f"parent.{key} = {{table}}.{column}", condition or "true")
    # Every name is our own: rules of rows are written here, not sent.
    return f"EXISTS (SELECT 1 FROM {parent} parent WHERE {held})"  # noqa: S608  # nosec B608


def _is_one_of(place: str, values: Collection[str]) -> str:
    if len(values) == 1:
        return f"{place} = '{next(iter(values))}'"
    return f"{place} IN ({', '.join(repr(str(value)) for value in values)})"


@dataclass(frozen=True)
class Rule:
    """Which scopes reach which rows of a table; each tuple is a list of alternatives.

    Whoever may write may not read by that alone. `why` is what docs and reviewers read.
    """

    read: tuple[str, ...]
    write: tuple[str, ...]
    why: str = ""


def statements(table: str, rule: Rule) -> tuple[str, ...]:
    """Return what puts a table's policies in force, in the owner's own session."""
    read, write = (_any(each, table) for each in (rule.read, rule.write))
    migration = f"{setting('duty')} = '{Duty.MIGRATION}'"
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        *removal(table)[:-2],
        f"CREATE POLICY {_READ} ON {table} FOR SELECT USING ({read})",
        f"CREATE POLICY {_INSERT} ON {table} FOR INSERT WITH CHECK ({write})",
        f"CREATE POLICY {_UPDATE} ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})",
        f"CREATE POLICY {_DELETE} ON {table} FOR DELETE USING ({write})",
        f"CREATE POLICY {_MIGRATION} ON {table} TO CURRENT_USER"
        f" USING ({migration}) WITH CHECK ({migration})",
    )


def removal(table: str) -> tuple[str, ...]:
    """Return what takes a table's policies away again."""
    return (
        *(f"DROP POLICY IF EXISTS {name} ON {table}" for name in POLICIES),
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    )


def _any(conditions: tuple[str, ...], table: str) -> str:
    if not conditions:
        return "false"
    return " OR ".join(f"({each.format(table=table)})" for each in conditions)


def install(connection: Connection, rules: Mapping[str, Rule]) -> None:
    """Put every policy in force that is not; only the owner of the tables may. PostgreSQL only."""
    present = _present(connection)
    for table, rule in rules.items():
        if table not in present or _is_in_force(connection, table, rule):
            continue
        for statement in statements(table, rule):
            connection.exec_driver_sql(statement)
        mark = _mark(table, rule)
        connection.exec_driver_sql(f"COMMENT ON POLICY {_READ} ON {table} IS '{mark}'")


def remove(connection: Connection, rules: Mapping[str, Rule]) -> None:
    """Take all policies away; for the migration's way back."""
    for table in _present(connection) & rules.keys():
        for statement in removal(table):
            connection.exec_driver_sql(statement)


def grant(
    connection: Connection, role: str, *, tables: Collection[str], append_only: Collection[str]
) -> None:
    """Give the application's role what it needs of these tables, and nothing more."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {quoted}")
    connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {quoted}")
    for table in sorted(tables):
        rights = "SELECT, INSERT" if table in append_only else "SELECT, INSERT, UPDATE, DELETE"
        connection.exec_driver_sql(f"GRANT {rights} ON {table} TO {quoted}")


def faults(
    connection: Connection, rules: Mapping[str, Rule], *, append_only: Collection[str]
) -> Iterator[Text]:
    """Give what is wrong with the connected role and with the policies, worst first."""
    role = connection.execute(_ROLE).one()
    if role.rolsuper or role.rolbypassrls:
        yield _("The database role of the application is not bound by row-level security.")
    if connection.execute(_OWNED).scalar():
        yield _("The database role of the application owns the tables.")
    for table in sorted(_present(connection)):
        if table in rules and not _is_in_force(connection, table, rules[table]):
            yield _("Table %(table)s lacks its row-level security.", table=table)
        if table in append_only and connection.execute(_MAY_CHANGE, {"table": table}).scalar():
            yield _("The database role of the application may change table %(table)s.", table=table)


def require_in_force(
    connection: Connection, rules: Mapping[str, Rule], *, append_only: Collection[str]
) -> None:
    """Raise `RowSecurityMissing` with the first thing that is wrong."""
    for fault in faults(connection, rules, append_only=append_only):
        raise RowSecurityMissing(fault)


_ROLE = sa.text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
_OWNED = sa.text(
    "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind IN ('r', 'p') AND pg_has_role(current_user, relowner, 'MEMBER')"
)
_MAY_CHANGE = sa.text(
    "SELECT has_table_privilege(current_user, :table, 'UPDATE')"
    " OR has_table_privilege(current_user, :table, 'DELETE')"
    " OR has_table_privilege(current_user, :table, 'TRUNCATE')"
)
_TABLES = sa.text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind IN ('r', 'p')"
)
_STATE_OF_TABLE = sa.text(
    "SELECT c.relrowsecurity AND c.relforcerowsecurity AS is_forced,"
    " array_agg(p.polname::text ORDER BY p.polname) AS names,"
    " max(obj_description(p.oid, 'pg_policy')) AS mark"
    " FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relname = :table"
    " GROUP BY c.oid, c.relrowsecurity, c.relforcerowsecurity"
)


def _present(connection: Connection) -> set[str]:
    return set(connection.execute(_TABLES).scalars())


def _mark(table: str, rule: Rule) -> str:
    """Return what tells whether a table's policies are those of this version."""
    return hashlib.sha256("\n".join(statements(table, rule)).encode()).hexdigest()


def _is_in_force(connection: Connection, table: str, rule: Rule) -> bool:
    found = connection.execute(_STATE_OF_TABLE, {"table": table}).one_or_none()
    return (
        found is not None
        and found.is_forced
        and set(found.names) == set(POLICIES)
        and found.mark == _mark(table, rule)
    )
