"""Somebody leaves: a new version of her circle's key (vault.md, Removal)."""

import pytest

from cooperation.access.rules import Role
from cooperation.circles import service as circles
from cooperation.circles.rules import (
    ASSEMBLY,
    COURT,
    SECRETARIAT,
    BundleKind,
    state_circle,
)
from cooperation.vault.errors import CannotOpen, StatementRefused
from tests.fixtures.circles import World

STATE = state_circle("AF01")


def test_those_who_stay_open_old_and_new_and_who_left_only_the_old(world: World) -> None:
    with world.database.writing() as session:
        before = circles.create_bundle(
            world.context(session, "focal"),
            kind=BundleKind.DRAFT,
            edition="2026",
            state="AF01",
            circles=(STATE,),
        )
        circles.renew_circle(
            world.context(session, "focal"),
            STATE,
            removing=(world.people["signatory"].person_id,),
        )
    with world.database.writing() as session:
        after = circles.create_bundle(
            world.context(session, "focal"),
            kind=BundleKind.DRAFT,
            edition="2026",
            state="AF01",
            circles=(STATE,),
        )
    with world.database.reading() as session:
        assert circles.can_open(world.context(session, "focal"), before.id)
        assert circles.can_open(world.context(session, "focal"), after.id)
        assert not circles.can_open(world.context(session, "signatory"), after.id)
