"""Bundles: the audience table cell by cell, with no guard in between (vault.md, product.md)."""

import pytest
import sqlalchemy as sa

from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.models import Grant
from cooperation.circles.rules import (
    ASSEMBLY,
    SECRETARIAT,
    BundleKind,
    CircleMissingError,
    state_circle,
)
from cooperation.circles.service.bundles import add_grant, can_open, destroy_bundle
from cooperation.core.errors import NotAllowed, NotFound
from cooperation.vault.errors import CannotOpen
from tests.fixtures.people import World

STATE = state_circle("AF01")
OF_STATE = {"focal", "contributor", "signatory"}
OF_SECRETARIAT = {"head", "officer"}
OF_NO_CIRCLE = {"auditor", "administrator"}
EVERYBODY = OF_STATE | OF_SECRETARIAT | OF_NO_CIRCLE | {"court", "facilitator", "other_focal"}
PLACE = {"kind": "answer", "code": "A-01", "version": 1, "field": "value"}

CELLS = [
    (BundleKind.DRAFT, "AF01", OF_STATE),
    (BundleKind.SUBMITTED_STATES, "AF01", OF_STATE | OF_SECRETARIAT),
    (BundleKind.SUBMITTED_RESTRICTED, "AF01", OF_STATE | OF_SECRETARIAT | {"court"}),
    (BundleKind.SUBMITTED_COURT, "AF01", OF_STATE | {"court"}),
    (BundleKind.REVIEW_NOTES, "AF01", OF_SECRETARIAT),
    (BundleKind.CLARIFICATION, "AF01", OF_STATE | OF_SECRETARIAT),
    (BundleKind.PUBLISHED, None, EVERYBODY - OF_NO_CIRCLE),
    (BundleKind.COURT_TABLES, None, {"court"}),
    (BundleKind.RELEASED_TABLES, None, EVERYBODY - OF_NO_CIRCLE),
]


def made_by(kind: BundleKind) -> str:
    if kind in {BundleKind.COURT_TABLES, BundleKind.RELEASED_TABLES}:
        return "court"
    return "officer" if kind in {BundleKind.PUBLISHED, BundleKind.REVIEW_NOTES} else "focal"


@pytest.mark.parametrize(("kind", "state", "audience"), CELLS)
def test_audience_opens_and_nobody_else(
    world: World, kind: BundleKind, state: str | None, audience: set[str]
) -> None:
    with world.database.writing() as session:
        bundle = circles.create_bundle(
            world.context(session, made_by(kind)),
            kind=kind,
            edition="2026",
            state=state,
        )
        sealed = bundle.seal(**PLACE, content=b"yes", state="AF01")

    opened = set()
    with world.database.reading() as session:
        for name in world.people:
            ctx = world.context(session, name)
            if not can_open(ctx, bundle.id):
                with pytest.raises(CannotOpen):
                    circles.open_bundle(ctx, bundle.id)
                continue
            again = circles.open_bundle(ctx, bundle.id)
            assert again.open(sealed, **PLACE, state="AF01") == b"yes"
            opened.add(name)

    assert opened == audience


def test_newcomer_reads_what_was_granted_before_she_came(world: World) -> None:
    with world.database.writing() as session:
        bundle = circles.create_bundle(
            world.context(session, "officer"),
            kind=BundleKind.PUBLISHED,
            edition="2026",
            state=None,
        )
    with world.database.writing() as session:
        world.join(session, "late_focal", "head", world.people["focal"].role, "state/AF09")

    with world.database.reading() as session:
        assert can_open(world.context(session, "late_focal"), bundle.id)


def test_granting_again_is_a_logged_act_of_a_person(world: World) -> None:
    with world.database.writing() as session:
        ctx = world.context(session, "focal")
        bundle = circles.create_bundle(
            ctx, kind=BundleKind.SUBMITTED_STATES, edition="2026", state="AF01"
        )
        session.execute(sa.delete(Grant).where(Grant.circle == SECRETARIAT))
        add_grant(ctx, bundle, SECRETARIAT)

    with world.database.reading() as session:
        assert can_open(world.context(session, "officer"), bundle.id)
        (entry,) = audit.entries_for(session, action="bundle.granted")
    assert (entry.subject, entry.actor) == (bundle.id, world.people["focal"].person_id)


def test_bundle_may_be_of_no_edition(world: World) -> None:
    with world.database.writing() as session:
        ctx = world.context(session, "focal")
        made = circles.create_bundle(ctx, kind=BundleKind.CLARIFICATION, state="AF01")
        sealed = made.seal(**PLACE, content=b"yes")

    with world.database.reading() as session:
        ctx = world.context(session, "officer")
        (found,) = circles.find_bundles(ctx, kind=BundleKind.CLARIFICATION, edition="")
        assert circles.open_bundle(ctx, found.id).open(sealed, **PLACE) == b"yes"
        (entry,) = audit.entries_for(session, action="bundle.created", subject=made.id)
    assert entry.edition is None


def test_destroyed_bundle_is_gone(world: World) -> None:
    with world.database.writing() as session:
        ctx = world.context(session, "focal")
        bundle = circles.create_bundle(ctx, kind=BundleKind.DRAFT, edition="2026", state="AF01")
        destroy_bundle(ctx, bundle.id)

    with world.database.reading() as session:
        ctx = world.context(session, "focal")
        assert circles.find_bundles(ctx, kind=BundleKind.DRAFT, edition="2026") == []
        with pytest.raises(NotFound):
            circles.open_bundle(ctx, bundle.id)


def test_bundles_are_found_by_state(world: World) -> None:
    with world.database.writing() as session:
        for name, code in (("focal", "AF01"), ("other_focal", "AF02")):
            circles.create_bundle(
                world.context(session, name),
                kind=BundleKind.DRAFT,
                edition="2026",
                state=code,
            )
        ctx = world.context(session, "focal")
        found = circles.find_bundles(ctx, kind=BundleKind.DRAFT, edition="2026", state="AF02")
        everything = circles.find_bundles(ctx, kind=BundleKind.DRAFT, edition="2026")

    assert [bundle.state for bundle in found] == ["AF02"]
    assert len(everything) == 2


@pytest.mark.parametrize(
    ("name", "kind", "state"),
    [
        ("other_focal", BundleKind.DRAFT, "AF01"),
        ("court", BundleKind.SUBMITTED_COURT, "AF01"),
        ("officer", BundleKind.DRAFT, "AF01"),
        ("officer", BundleKind.SUBMITTED_STATES, "AF01"),
        ("head", BundleKind.SUBMITTED_COURT, "AF01"),
        ("focal", BundleKind.REVIEW_NOTES, "AF01"),
        ("focal", BundleKind.PUBLISHED, None),
        ("auditor", BundleKind.PUBLISHED, None),
    ],
)
def test_only_members_of_the_right_circle_make_a_bundle(
    world: World, name: str, kind: BundleKind, state: str | None
) -> None:
    with world.database.writing() as session, pytest.raises(NotAllowed):
        circles.create_bundle(world.context(session, name), kind=kind, edition="2026", state=state)


def test_circle_that_nobody_founded_cannot_be_sealed_to(world: World) -> None:
    with world.database.writing() as session, pytest.raises(CircleMissingError):
        circles.create_bundle(
            world.context(session, "officer"),
            kind=BundleKind.CLARIFICATION,
            edition="2026",
            state="AF07",
        )


def test_records_and_files_keep_to_their_place(world: World) -> None:
    with world.database.writing() as session:
        bundle = circles.create_bundle(
            world.context(session, "focal"),
            kind=BundleKind.DRAFT,
            edition="2026",
            state="AF01",
        )
    sealed = bundle.seal(**PLACE, content=b"yes")
    file = bundle.seal_file(b"law" * 50_000)

    items = [("A-01", 1, "AF01", sealed)]
    assert bundle.open_many(items, kind="answer", field="value") == [b"yes"]
    assert bundle.open_file(file.header, file.chunks) == b"law" * 50_000
    with pytest.raises(CannotOpen):
        bundle.open(sealed, **{**PLACE, "version": 2})
    with pytest.raises(CannotOpen):
        bundle.open(sealed, **PLACE, state="AF02")


def test_closed_reader_seals_nothing(world: World) -> None:
    with world.database.writing() as session:
        ctx = world.context(session, "focal")
        with ctx.reader:
            bundle = circles.create_bundle(ctx, kind=BundleKind.DRAFT, edition="2026", state="AF01")
        with pytest.raises(CannotOpen):
            circles.open_bundle(ctx, bundle.id)


def test_both_engines_keep_keys_and_grants(each_world: World) -> None:
    """The whole way, from genesis to a circle founded again, on SQLite and on PostgreSQL."""
    world = each_world
    world.populate()
    with world.database.writing() as session:
        bundle = circles.create_bundle(
            world.context(session, "focal"),
            kind=BundleKind.SUBMITTED_COURT,
            edition="2026",
            state="AF01",
        )
        sealed = bundle.seal(**PLACE, content=b"yes")
    with world.database.writing() as session:
        leaver = world.people["signatory"].person_id
        circles.make_recovery_sheet(world.context(session, "focal"))
        circles.renew_circle(world.context(session, "focal"), STATE, removing=(leaver,))
    with world.database.writing() as session:
        circles.renew_circle(world.context(session, "head"), ASSEMBLY)
    with world.database.writing() as session:
        world.people["court"].opened = world.change_keys(session, "court")
    with world.database.writing() as session:
        circles.propose_dissolution(world.context(session, "officer"), STATE)
    with world.database.writing() as session:
        circles.confirm_dissolution(world.context(session, "head"), STATE)
    with world.database.writing() as session:
        world.join(session, "new", "head", world.people["focal"].role, STATE)
    with world.database.writing() as session:
        assert circles.regrant(world.context(session, "court"), STATE) == 1
    circles.forget_verified()

    with world.database.reading() as session:
        for name in ("court", "new"):
            opened = circles.open_bundle(world.context(session, name), bundle.id)
            assert opened.open(sealed, **PLACE) == b"yes"
        for name in ("head", "focal"):
            assert not can_open(world.context(session, name), bundle.id)
        assert audit.verify(session).is_sound
    world.database.engine.dispose()
