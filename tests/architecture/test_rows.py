"""Every table that holds something of one State has a rule of row-level security (access.rows)."""

from cooperation.access.rows import RULES
from cooperation.core.db import Base
from cooperation.core.row_scope import Duty
from cooperation.core.row_security import on_duty
from cooperation.operation.rotation import TABLES
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


def test_rotation_of_the_root_key_reaches_every_row_that_it_wraps_anew():
    """A row that it does not see would be lost with the old version of the key."""
    command = on_duty(Duty.COMMAND)
    names = {each.name for each in TABLES} & RULES.keys()

    assert names >= {"people", "grants", "addresses"}
    for name in names:
        assert command in RULES[name].write, name
        assert command in RULES["bundles" if name == "grants" else name].read, name
