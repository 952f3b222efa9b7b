"""A circle that lost its last member: ended by two, founded again, what comes back (vault.md)."""

from datetime import timedelta

import pytest

from cooperation.access.rules import Role
from cooperation.circles import service as circles
from cooperation.circles.models import CircleVersionRow, Grant
from cooperation.circles.rules import (
    ASSEMBLY,
    CO_FACILITATORS,
    COURT,
    SECRETARIAT,
    BundleKind,
    CircleMissingError,
    InvitationOverError,
    Returns,
    state_circle,
)
from cooperation.circles.service.bundles import can_open
from cooperation.circles.service.dissolution import (
    ProposalOverError,
    SamePersonError,
    dissolution_of,
)
from cooperation.circles.service.members import members_of
from cooperation.circles.service.sheets import (
    SheetExistsError,
    SheetNotNeededError,
    SheetTooOldError,
)
from cooperation.core.db import Session
from cooperation.core.errors import NotAllowed, NotFound
from cooperation.vault.errors import CannotOpen, CodeRefused, StatementRefused
from cooperation.vault.invitation import Halves
from tests.fixtures.circles import NOW
from tests.fixtures.people import World
from tests.fixtures.thief import Loot

STATE = state_circle("AF01")
ROLES = {STATE: Role.FOCAL_POINT, COURT: Role.COURT_READER, CO_FACILITATORS: Role.CO_FACILITATOR}
OWN = {
    "draft": BundleKind.DRAFT,
    "states": BundleKind.SUBMITTED_STATES,
    "restricted": BundleKind.SUBMITTED_RESTRICTED,
    "court": BundleKind.SUBMITTED_COURT,
}
PLACE = {"kind": "answer", "code": "A-01", "version": 1, "field": "value"}


def make_bundles(world: World, session: Session, by: str = "focal") -> dict[str, str]:
    return {
        name: circles.create_bundle(
            world.context(session, by), kind=kind, edition="2026", state="AF01"
        ).id
        for name, kind in OWN.items()
    }


def dissolve(world: World, session: Session, circle: str = STATE) -> None:
    circles.propose_dissolution(world.context(session, "officer"), circle)
    circles.confirm_dissolution(world.context(session, "head"), circle)


def found_again(world: World, session: Session, circle: str = STATE, name: str = "new") -> None:
    dissolve(world, session, circle)
    world.join(session, name, "head", ROLES[circle], circle)


def opened(world: World, session: Session, name: str, bundles: dict[str, str]) -> set[str]:
    ctx = world.context(session, name)
    return {kind for kind, bundle_id in bundles.items() if can_open(ctx, bundle_id)}


def test_state_gets_back_what_others_can_open_and_its_draft_is_lost(world: World) -> None:
    with world.database.writing() as session:
        bundles = make_bundles(world, session)
        before = circles.what_returns(world.context(session, "head"), STATE, if_dissolved=True)
        found_again(world, session)

        assert before == Returns(
            by_secretariat=2, by_court=1, by_states=0, lost=0, corrections=1, live_sheets=0
        )
        assert circles.what_returns(world.context(session, "head"), STATE) == before
        assert opened(world, session, "new", bundles) == set()
        assert circles.regrant(world.context(session, "officer"), STATE) == 2
        assert opened(world, session, "new", bundles) == {"states", "restricted"}
        assert circles.regrant(world.context(session, "court"), STATE) == 1
        assert opened(world, session, "new", bundles) == {"states", "restricted", "court"}
        left = circles.what_returns(world.context(session, "head"), STATE)
        assert (left.by_secretariat, left.by_court, left.lost) == (0, 0, 1)
        assert circles.returnable(world.context(session, "officer"), STATE) == 0
        assert circles.regrant(world.context(session, "officer"), STATE) == 0
        with pytest.raises(CannotOpen):
            circles.open_bundle(world.context(session, "new"), bundles["draft"])


def test_former_members_open_nothing_of_the_new_circle(world: World) -> None:
    loot = Loot(world.root)
    with world.database.writing() as session:
        before = set(make_bundles(world, session).values())
        loot.copy_rows(session)
        found_again(world, session)
        after = circles.create_bundle(
            world.context(session, "officer"),
            kind=BundleKind.PUBLISHED,
            edition="2026",
            state=None,
        )
        later = make_bundles(world, session, "new")
        loot.copy_rows(session)

        assert can_open(world.context(session, "new"), after.id)
        for name in ("focal", "signatory"):
            person = world.people[name]
            keys = {1: person.opened.keys.sealing}
            assert loot.opens(session, person.person_id, keys) == before
            assert not can_open(world.context(session, name), later["draft"])
            with pytest.raises((StatementRefused, CannotOpen, CircleMissingError)):
                world.invite(session, name, Role.CONTRIBUTOR, STATE)


@pytest.mark.parametrize("circle", [COURT, CO_FACILITATORS])
def test_court_and_co_facilitators_are_founded_again_likewise(world: World, circle: str) -> None:
    with world.database.writing() as session:
        bundles = make_bundles(world, session)
        found_again(world, session, circle)
        returns = circles.what_returns(world.context(session, "head"), circle)
        circles.regrant(world.context(session, "officer"), circle)
        circles.regrant(world.context(session, "focal"), circle)

        is_court = circle == COURT
        assert (returns.by_secretariat, returns.by_states) == ((1, 1) if is_court else (0, 0))
        expected = {"restricted", "court"} if is_court else set()
        assert opened(world, session, "new", bundles) == expected


def test_two_of_the_secretariat_sign_and_one_is_a_head(world: World) -> None:
    with world.database.writing() as session:
        world.join(session, "second_officer", "head", Role.OFFICER, SECRETARIAT)
        officer = world.context(session, "officer")
        circles.propose_dissolution(officer, STATE)
        waiting = dissolution_of(session, STATE)
        assert waiting is not None
        assert (waiting.proposer_id, waiting.is_confirmed) == (officer.actor.person_id, False)
        with pytest.raises(SamePersonError):
            circles.confirm_dissolution(officer, STATE)
        with pytest.raises(StatementRefused):
            circles.confirm_dissolution(world.context(session, "second_officer"), STATE)
        assert circles.circle_exists(session, STATE)
        circles.confirm_dissolution(world.context(session, "head"), STATE)

        ended = dissolution_of(session, STATE)
        assert ended is not None
        assert ended.is_confirmed
        assert not circles.circle_exists(session, STATE)
        assert members_of(session, STATE) == frozenset()
        assert STATE not in members_of(session, ASSEMBLY)


@pytest.mark.parametrize("name", ["focal", "court", "facilitator", "other_focal"])
def test_nobody_else_proposes_the_end_of_a_circle(world: World, name: str) -> None:
    with world.database.writing() as session, pytest.raises(StatementRefused):
        circles.propose_dissolution(world.context(session, name), STATE)


@pytest.mark.parametrize("circle", [SECRETARIAT, ASSEMBLY])
def test_secretariat_and_assembly_are_not_ended(world: World, circle: str) -> None:
    with world.database.writing() as session, pytest.raises(StatementRefused):
        circles.propose_dissolution(world.context(session, "head"), circle)


def test_proposal_counts_for_the_circle_as_it_was(world: World) -> None:
    """A colleague who joins, or keys that are renewed, show that somebody is there."""
    with world.database.writing() as session:
        circles.propose_dissolution(world.context(session, "officer"), STATE)
        world.join(session, "contributor", "focal", Role.CONTRIBUTOR, STATE)
        with pytest.raises(ProposalOverError):
            circles.confirm_dissolution(world.context(session, "head"), STATE)
        circles.propose_dissolution(world.context(session, "officer"), STATE)
        circles.renew_circle(world.context(session, "focal"), STATE)
        with pytest.raises(ProposalOverError):
            circles.confirm_dissolution(world.context(session, "head"), STATE)
        assert dissolution_of(session, STATE) is None


def test_proposal_ends(world: World) -> None:
    with world.database.writing() as session:
        circles.propose_dissolution(world.context(session, "officer"), STATE)
        ctx = world.context(session, "head")
        late = type(ctx)(
            session, ctx.actor, NOW + timedelta(days=15), ctx.root, ctx.settings, ctx.opened
        )
        with pytest.raises(ProposalOverError):
            circles.confirm_dissolution(late, STATE)


def test_living_circle_is_not_founded_again_and_an_ended_one_is_not_joined(world: World) -> None:
    with world.database.writing() as session:
        join = world.invite(session, "focal", Role.CONTRIBUTOR, STATE)
        dissolve(world, session)
        with pytest.raises(InvitationOverError):
            world.enrol(session, "late", *join, Role.CONTRIBUTOR)
        with pytest.raises(NotAllowed):
            make_bundles(world, session, "focal")
        with pytest.raises(CircleMissingError):
            circles.create_bundle(
                world.context(session, "officer"),
                kind=BundleKind.CLARIFICATION,
                edition="2026",
                state="AF01",
            )


def test_old_letter_to_found_does_not_found_again(world: World) -> None:
    """A second letter of before the circle was founded lies in a drawer."""
    circle = state_circle("AF03")
    with world.database.writing() as session:
        first = world.invite(session, "head", Role.FOCAL_POINT, circle)
        second: tuple[str, Halves] = world.invite(session, "head", Role.FOCAL_POINT, circle)
        world.enrol(session, "third", *first, Role.FOCAL_POINT)
        dissolve(world, session, circle)

        with pytest.raises(InvitationOverError):
            world.enrol(session, "thief", *second, Role.FOCAL_POINT)


def test_founded_again_twice(world: World) -> None:
    with world.database.writing() as session:
        found_again(world, session, name="second")
        bundles = make_bundles(world, session, "second")
        found_again(world, session, name="third")
        circles.regrant(world.context(session, "officer"), STATE)

        assert opened(world, session, "third", bundles) == {"states", "restricted"}
    circles.forget_verified()
    with world.database.reading() as session:
        assert opened(world, session, "third", bundles) == {"states", "restricted"}


def test_forged_row_of_a_grant_is_no_reason_to_grant_again(world: World) -> None:
    """A thief writes that a State's answers were once granted to another State."""
    with world.database.writing() as session:
        bundles = make_bundles(world, session)
        found_again(world, session, name="new")
        other = state_circle("AF02")
        session.add(
            Grant(bundle_id=bundles["states"], circle=other, circle_version=1, sealed_key=b"")
        )
        session.flush()
        assert circles.regrant(world.context(session, "officer"), other) == 0
        with pytest.raises(NotAllowed):
            circles.regrant(world.context(session, "new"), STATE)


def test_sheet_opens_again_what_was_lost(world: World) -> None:
    with world.database.writing() as session:
        bundles = make_bundles(world, session)
        sheet = circles.make_recovery_sheet(world.context(session, "focal"))
        circles.renew_circle(
            world.context(session, "focal"),
            STATE,
            removing=(world.people["signatory"].person_id,),
        )
        bundles |= {"later": make_bundles(world, session)["draft"]}
        dissolve(world, session)
        returns = circles.what_returns(world.context(session, "head"), STATE)
        world.join(session, "new", "head", Role.FOCAL_POINT, STATE)
        circles.renew_circle(world.context(session, "new"), STATE)

        assert returns.live_sheets == 1
        assert [each.is_needed for each in circles.recovery_sheets(world.context(session, "new"))]
        assert circles.use_recovery_sheet(world.context(session, "new"), sheet.code.lower()) == 2
        assert opened(world, session, "new", bundles) == set(bundles)
        with pytest.raises(CodeRefused):
            circles.use_recovery_sheet(world.context(session, "new"), sheet.code)


def test_sheet_serves_nobody_else_and_not_before(world: World) -> None:
    with world.database.writing() as session:
        sheet = circles.make_recovery_sheet(world.context(session, "focal"))
        with pytest.raises(SheetNotNeededError):
            circles.use_recovery_sheet(world.context(session, "signatory"), sheet.code)
        with pytest.raises(SheetExistsError):
            circles.make_recovery_sheet(world.context(session, "focal"))
        found_again(world, session)
        for name in ("other_focal", "officer", "court"):
            with pytest.raises(CodeRefused):
                circles.use_recovery_sheet(world.context(session, name), sheet.code)
        for name in ("focal", "auditor"):
            with pytest.raises(NotFound):
                circles.use_recovery_sheet(world.context(session, name), sheet.code)


def test_sheet_of_two_foundings_ago_waits_for_the_one_between(world: World) -> None:
    with world.database.writing() as session:
        bundles = make_bundles(world, session)
        first = circles.make_recovery_sheet(world.context(session, "focal"))
        found_again(world, session, name="second")
        second = circles.make_recovery_sheet(world.context(session, "second"))
        found_again(world, session, name="third")
        ctx = world.context(session, "third")
        with pytest.raises(SheetTooOldError):
            circles.use_recovery_sheet(ctx, first.code)
        circles.use_recovery_sheet(ctx, second.code)
        circles.use_recovery_sheet(ctx, first.code)

        assert opened(world, session, "third", bundles) == set(bundles)


def test_voided_sheet_opens_nothing_of_what_follows(world: World) -> None:
    with world.database.writing() as session:
        made = circles.make_recovery_sheet(world.context(session, "focal"))
        with pytest.raises(NotFound):
            circles.void_recovery_sheet(world.context(session, "other_focal"), made.id)
        circles.void_recovery_sheet(world.context(session, "focal"), made.id)
        assert circles.recovery_sheets(world.context(session, "focal")) == []
        assert session.get_one(CircleVersionRow, (STATE, 2)).sealed_previous
        found_again(world, session)
        with pytest.raises(CodeRefused):
            circles.use_recovery_sheet(world.context(session, "new"), made.code)


def test_sheet_of_who_left_is_void_and_the_colleagues_is_not(world: World) -> None:
    """She has seen the letters."""
    with world.database.writing() as session:
        world.join(session, "second", "focal", Role.FOCAL_POINT, STATE)
        circles.make_recovery_sheet(world.context(session, "second"))
        ids = {name: (world.people[name].person_id,) for name in ("second", "signatory")}
        circles.renew_circle(world.context(session, "focal"), STATE, removing=ids["signatory"])
        assert len(circles.recovery_sheets(world.context(session, "focal"))) == 1
        circles.renew_circle(world.context(session, "focal"), STATE, removing=ids["second"])
        assert circles.recovery_sheets(world.context(session, "focal")) == []
        circles.make_recovery_sheet(world.context(session, "focal"))


def test_contributor_makes_no_sheet(world: World) -> None:
    with world.database.writing() as session, pytest.raises(StatementRefused):
        circles.make_recovery_sheet(world.context(session, "signatory"))


@pytest.mark.parametrize("change", ["swap", "short", "other"])
def test_mistyped_sheet_is_refused(world: World, change: str) -> None:
    with world.database.writing() as session:
        code = circles.make_recovery_sheet(world.context(session, "focal")).code.replace("-", "")
        found_again(world, session)
        other = circles.make_recovery_sheet(world.context(session, "other_focal")).code
        typed = {"swap": code[1] + code[0] + code[2:], "short": code[:-1], "other": other}[change]
        if typed == code:
            typed = code[:-1] + ("1" if code[-1] != "1" else "2")
        with pytest.raises(CodeRefused):
            circles.use_recovery_sheet(world.context(session, "new"), typed)


def test_lost_records_of_a_draft_are_told_from_changed_ones(world: World) -> None:
    with world.database.writing() as session:
        old = circles.open_bundle(
            world.context(session, "focal"), make_bundles(world, session)["draft"]
        )
        lost = old.seal(**PLACE, content=b"yes")
        found_again(world, session)
        ctx = world.context(session, "new")
        own = {"kind": BundleKind.DRAFT, "edition": "2026", "state": "AF01"}
        bundle = circles.bundle_for_writing(ctx, **own)
        assert circles.bundle_for_writing(ctx, **own).id == bundle.id
        kept = bundle.seal(**PLACE, content=b"no")
        items = [("A-01", 1, "AF01", lost), ("A-01", 1, "AF01", kept)]

        left = circles.open_what_is_left(ctx, bundle, items, kind="answer", field="value")
        assert left == [None, b"no"]
        with pytest.raises(CannotOpen):
            circles.open_lasting(ctx, bundle, items, kind="answer", field="value")
        changed = kept[:4] + bytes(32) + kept[36:]
        items = [("A-01", 1, "AF01", changed)]
        with pytest.raises(CannotOpen):
            circles.open_what_is_left(ctx, bundle, items, kind="answer", field="value")


def test_renewed_circle_writes_into_a_new_bundle_and_reads_both(world: World) -> None:
    own = {"kind": BundleKind.DRAFT, "edition": "2026", "state": "AF01"}
    with world.database.writing() as session:
        first = circles.bundle_for_writing(world.context(session, "focal"), **own)
        sealed = [first.seal(**PLACE, content=b"old")]
        circles.renew_circle(world.context(session, "focal"), STATE)
        ctx = world.context(session, "focal")
        second = circles.bundle_for_writing(ctx, **own)
        sealed.append(second.seal(**PLACE, content=b"new"))
        items = [("A-01", 1, "AF01", each) for each in sealed]

        assert first.id != second.id
        read = circles.open_lasting(ctx, second, items, kind="answer", field="value")
        assert read == [b"old", b"new"]
