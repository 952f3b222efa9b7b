"""People of circles: founding, inviting, activation, roles, sign-in."""

from datetime import timedelta

import pytest

from cooperation.access.rules import Role
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import (
    ASSEMBLY,
    COURT,
    SECRETARIAT,
    AlreadyFoundedError,
    InstanceUnknownError,
    InvitationOverError,
    state_circle,
)
from cooperation.circles.service.members import members_of
from cooperation.core.ids import new_id
from cooperation.vault.errors import CannotOpen, StatementRefused
from cooperation.vault.passwords import LIGHT
from cooperation.vault.root import RootKeys
from tests.fixtures.circles import NOW, PASSWORD
from tests.fixtures.people import World


def test_everybody_has_the_role_of_her_invitation(world: World) -> None:
    with world.database.reading() as session:
        found = {
            name: circles.roles_of(session, person.person_id)
            for name, person in world.people.items()
        }

    assert found == {name: {person.role} for name, person in world.people.items()}


def test_assembly_has_every_circle_as_member(world: World) -> None:
    with world.database.reading() as session:
        members = members_of(session, ASSEMBLY)

    states = {state_circle("AF01"), state_circle("AF02")}
    assert members == states | {SECRETARIAT, COURT, "co_facilitators"}


def test_log_is_sound_and_holds_every_statement(world: World) -> None:
    with world.database.reading() as session:
        assert audit.verify(session).is_sound
        actions = [entry.action for entry in audit.statement_entries(session)]

    assert actions[:4] == ["genesis.signed", "circle.founded", "circle.founded", "circle.admitted"]


def test_wrong_password_opens_nothing(world: World) -> None:
    with world.database.reading() as session, pytest.raises(CannotOpen):
        circles.open_member(
            session, world.root, person_id=world.people["head"].person_id, password=PASSWORD + "!"
        )


def test_disabled_person_cannot_sign_in_and_has_no_role(world: World) -> None:
    person = world.people["signatory"].person_id
    with world.database.writing() as session:
        circles.disable_member(session, person, now=NOW)

    with world.database.reading() as session:
        assert circles.roles_of(session, person) == frozenset()
        with pytest.raises(CannotOpen):
            circles.open_member(session, world.root, person_id=person, password=PASSWORD)


def test_sign_in_moves_the_anchor_to_the_log_of_now(world: World) -> None:
    with world.database.writing() as session:
        world.open_again(session, "focal")
        state = audit.log_state(session)

    anchor = world.people["focal"].opened.keys.anchor
    assert (anchor.log_size, anchor.log_root) == (state.size, state.root)


def test_focal_point_gives_herself_the_signatory_role(world: World) -> None:
    person = world.people["focal"].person_id
    both = frozenset({Role.FOCAL_POINT, Role.SIGNATORY})
    with world.database.writing() as session:
        circles.set_roles(world.context(session, "focal"), person_id=person, roles=both)

    with world.database.reading() as session:
        assert circles.roles_of(session, person) == both


@pytest.mark.parametrize(
    ("actor", "person", "role"),
    [
        ("signatory", "signatory", Role.FOCAL_POINT),
        ("officer", "officer", Role.HEAD),
        ("focal", "other_focal", Role.SIGNATORY),
        ("head", "focal", Role.CONTRIBUTOR),
        ("focal", "focal", Role.HEAD),
        ("head", "head", Role.COURT_READER),
    ],
)
def test_roles_beyond_ones_circle_or_rank_are_refused(
    world: World, actor: str, person: str, role: Role
) -> None:
    with world.database.writing() as session, pytest.raises(StatementRefused):
        circles.set_roles(
            world.context(session, actor),
            person_id=world.people[person].person_id,
            roles=frozenset({role}),
        )


@pytest.mark.parametrize(
    ("inviter", "role", "circle"),
    [
        ("officer", Role.OFFICER, SECRETARIAT),
        ("head", Role.COURT_READER, COURT),
        ("head", Role.CONTRIBUTOR, state_circle("AF01")),
        ("signatory", Role.CONTRIBUTOR, state_circle("AF01")),
        ("focal", Role.CONTRIBUTOR, state_circle("AF02")),
        ("focal", Role.FOCAL_POINT, state_circle("AF03")),
        ("court", Role.OFFICER, COURT),
        ("focal", Role.AUDITOR, ""),
        ("head", Role.SIGNATORY, state_circle("AF03")),
    ],
)
def test_who_may_not_invite_is_refused(world: World, inviter: str, role: Role, circle: str) -> None:
    with world.database.writing() as session, pytest.raises(StatementRefused):
        world.invite(session, inviter, role, circle)


def test_second_invitation_to_found_a_state_is_told_that_somebody_was_first(world: World) -> None:
    circle = state_circle("AF03")
    with world.database.writing() as session:
        first = world.invite(session, "head", Role.FOCAL_POINT, circle)
        second = world.invite(session, "head", Role.FOCAL_POINT, circle)
        world.enrol(session, "third_focal", *first, Role.FOCAL_POINT)

        with pytest.raises(AlreadyFoundedError):
            world.enrol(session, "late_focal", *second, Role.FOCAL_POINT)


def test_invitation_serves_once_and_ends(world: World) -> None:
    with world.database.writing() as session:
        invitation_id, halves = world.invite(session, "focal", Role.CONTRIBUTOR, "state/AF01")
        with pytest.raises(InvitationOverError):
            circles.begin_enrolment(
                session,
                invitation_id=invitation_id,
                halves=halves,
                password=PASSWORD,
                profile=LIGHT,
                now=NOW + timedelta(days=7),
            )
        world.enrol(session, "contributor", invitation_id, halves, Role.CONTRIBUTOR)

        with pytest.raises(InvitationOverError):
            world.enrol(session, "again", invitation_id, halves, Role.CONTRIBUTOR)


def test_halves_of_another_invitation_open_nothing(world: World) -> None:
    with world.database.writing() as session:
        first_id, first = world.invite(session, "focal", Role.CONTRIBUTOR, "state/AF01")
        _second_id, second = world.invite(session, "focal", Role.CONTRIBUTOR, "state/AF01")
        mixed = first._replace(code=second.code)

        assert circles.are_halves_right(session, invitation_id=first_id, halves=first)
        assert not circles.are_halves_right(session, invitation_id=first_id, halves=mixed)
        with pytest.raises(CannotOpen):
            world.enrol(session, "thief", first_id, mixed, Role.CONTRIBUTOR)


def test_void_invitation_is_over(world: World) -> None:
    with world.database.writing() as session:
        invitation_id, halves = world.invite(session, "focal", Role.CONTRIBUTOR, "state/AF01")
        circles.void_invitation(session, invitation_id)

        with pytest.raises(InvitationOverError):
            world.enrol(session, "late", invitation_id, halves, Role.CONTRIBUTOR)


def test_there_is_one_genesis(world: World) -> None:
    with world.database.writing() as session, pytest.raises(InvitationOverError):
        circles.invite_first_head(session, invitation_id=new_id(), ends_at=NOW + timedelta(days=7))


def test_rolled_back_invitation_is_not_remembered(world: World) -> None:
    with world.database.reading() as session:
        lost_id, lost = world.invite(session, "focal", Role.CONTRIBUTOR, "state/AF01")

    with world.database.writing() as session:
        assert not circles.are_halves_right(session, invitation_id=lost_id, halves=lost)
        world.join(session, "contributor", "focal", Role.CONTRIBUTOR, "state/AF01")


def test_database_of_another_root_key_is_refused(world: World) -> None:
    stranger = RootKeys({1: bytes(32)}, instance=world.root.instance)
    with world.database.reading() as session:
        circles.check_instance(session, world.root)
        with pytest.raises(InstanceUnknownError):
            circles.check_instance(session, stranger)


def test_fingerprint_is_forty_letters_in_groups(world: World) -> None:
    with world.database.reading() as session:
        groups = circles.fingerprint(session, COURT).split()

    assert [len(group) for group in groups] == [4] * 10
