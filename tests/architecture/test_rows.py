"""Every table that holds something of one State has a rule of row-level security (access.rows)."""

from cooperation.access.rows import RULES
from cooperation.core.db import Base
from cooperation.web import slices

OF_A_STATE = {"state", "state_code"}
NOT_CONTENT = {"people", "person_invitations"}
"""Tables that hang on these alone are about accounts; they hold nothing of a State's content."""


def tables():
    assert slices.BLUEPRINTS
    return Base.metadata.tables


def test_every_table_with_a_states_column_has_a_rule():
    wanting = sorted(
        name
        for name, table in tables().items()
        if OF_A_STATE & set(table.columns.keys()) and name not in RULES
    )

    assert not wanting, f"{wanting}: say in access/rows.py who reaches the rows of which State."


def test_every_table_that_hangs_on_a_states_row_has_a_rule():
    wanting = sorted(
        f"{name} (hangs on {key.column.table.name})"
        for name, table in tables().items()
        for key in table.foreign_keys
        if key.column.table.name in RULES.keys() - NOT_CONTENT and name not in RULES
    )

    assert not wanting, f"{wanting}: say in access/rows.py who reaches these rows."


def test_every_rule_has_its_table_and_says_why():
    assert RULES.keys() <= tables().keys()
    assert all(rule.why for rule in RULES.values())
