"""Somebody leaves, or changes her keys: new versions with links to the last (vault.md, Removal)."""

from collections.abc import Callable
from functools import partial

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.models import CircleVersionRow, InvitationKey, Member, MembershipRow
from cooperation.circles.rules import (
    ASSEMBLY,
    COURT,
    SECRETARIAT,
    BundleKind,
    InvitationOverError,
    state_circle,
)
from cooperation.circles.service.bundles import can_open
from cooperation.circles.service.circle_keys import (
    Recipient,
    admit_member,
    link_place,
    public_circle,
)
from cooperation.circles.service.members import members_of
from cooperation.circles.service.opened import OpenBundle
from cooperation.circles.service.packages import invitations_by
from cooperation.circles.service.verified import directory_of
from cooperation.core.db import Session
from cooperation.vault.errors import CannotOpen, DirectoryChanged, StatementRefused
from cooperation.vault.grants import seal_link
from cooperation.vault.keys import PrivateKey
from tests.fixtures.circles import NOW, PASSWORD
from tests.fixtures.people import World
from tests.fixtures.thief import Loot

STATE = state_circle("AF01")


def draft(world: World, session: Session, name: str = "focal", code: str = "AF01") -> str:
    return bundle(world, session, name, BundleKind.DRAFT, code).id


def published(world: World, session: Session) -> str:
    return bundle(world, session, "officer", BundleKind.PUBLISHED, None).id


def bundle(
    world: World,
    session: Session,
    name: str,
    kind: BundleKind,
    state: str | None,
) -> OpenBundle:
    return circles.create_bundle(
        world.context(session, name), kind=kind, edition="2026", state=state
    )


def remove(world: World, session: Session, *names: str, by: str = "focal") -> None:
    circles.renew_circle(
        world.context(session, by),
        world.people[by].circle,
        removing=tuple(world.people[name].person_id for name in names),
    )


def opens(world: World, session: Session, name: str, bundle_id: str) -> bool:
    return can_open(world.context(session, name), bundle_id)


def test_who_stays_opens_all_and_who_left_opens_nothing_of_what_follows(world: World) -> None:
    leaver = world.people["signatory"]
    loot = Loot(world.root)
    with world.database.writing() as session:
        before = draft(world, session)
        loot.copy_rows(session)
        remove(world, session, "signatory")
        after = draft(world, session)
        loot.copy_rows(session)

        assert opens(world, session, "focal", before)
        assert opens(world, session, "focal", after)
        assert not opens(world, session, "signatory", after)
        keys = {1: leaver.opened.keys.sealing}
        assert loot.opens(session, leaver.person_id, keys) == {before}
        assert session.get(Member, leaver.person_id) is None
        assert circles.roles_of(session, leaver.person_id) == frozenset()


def test_ten_versions_later_the_first_is_still_open(world: World) -> None:
    with world.database.writing() as session:
        first = [draft(world, session), published(world, session)]
        for _time in range(5):
            remove(world, session)
            circles.renew_circle(world.context(session, "head"), ASSEMBLY)
            first.append(draft(world, session))
    circles.forget_verified()

    with world.database.reading() as session:
        assert all(opens(world, session, "focal", bundle_id) for bundle_id in first)
        assert all(opens(world, session, "signatory", bundle_id) for bundle_id in first)
        assert opens(world, session, "court", first[1])
        assert not any(opens(world, session, "other_focal", each) for each in first[2:])


def test_links_are_opened_once_a_request(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.database.writing() as session:
        old = [draft(world, session) for _time in range(2)]
        for _time in range(4):
            remove(world, session)
    opened = []
    follow = PrivateKey.open
    monkeypatch.setattr(
        PrivateKey, "open", lambda key, sealed, info: opened.append(1) or follow(key, sealed, info)
    )

    with world.database.reading() as session:
        circles.open_bundles(world.context(session, "focal"), old)

    memberships, links, grants = 1, 4, 2
    assert len(opened) == memberships + links + grants


@pytest.mark.parametrize("name", ["officer", "court", "facilitator", "other_focal", "auditor"])
def test_every_other_circle_opens_nothing_of_a_renewed_one(world: World, name: str) -> None:
    with world.database.writing() as session:
        ids = [draft(world, session)]
        remove(world, session, "signatory")
        ids.append(draft(world, session))

        assert not any(opens(world, session, name, bundle_id) for bundle_id in ids)
        for bundle_id in ids:
            with pytest.raises(CannotOpen):
                circles.open_bundle(world.context(session, name), bundle_id)


def test_assembly_stays_open_through_a_renewed_circle(world: World) -> None:
    with world.database.writing() as session:
        before = published(world, session)
        remove(world, session, "officer", by="head")
        remove(world, session, "signatory")

        assert opens(world, session, "head", before)
        assert opens(world, session, "focal", before)
        assert not opens(world, session, "officer", before)


REFUSED: dict[str, tuple[str, str, str]] = {
    "by one who may not invite": ("signatory", STATE, "focal"),
    "of herself": ("focal", STATE, "focal"),
    "of the only one who may invite, by herself": ("court", COURT, "court"),
    "of one of another circle": ("focal", STATE, "other_focal"),
    "in another circle": ("head", STATE, "signatory"),
    "of another State's person": ("other_focal", STATE, "signatory"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_removal_is_refused(world: World, case: str) -> None:
    actor, circle, removed = REFUSED[case]
    with (
        world.database.writing() as session,
        pytest.raises((StatementRefused, CannotOpen)),
    ):
        circles.renew_circle(
            world.context(session, actor), circle, removing=(world.people[removed].person_id,)
        )
    with world.database.reading() as session:
        assert members_of(session, STATE) >= {world.people["focal"].person_id}
        assert circles.circle_versions(world.context(session, "focal"), (STATE,))[0].version == 1


def test_officer_renews_neither_circle_nor_assembly(world: World) -> None:
    with world.database.writing() as session, pytest.raises(StatementRefused):
        circles.renew_circle(world.context(session, "officer"), ASSEMBLY)
    with world.database.writing() as session, pytest.raises(StatementRefused):
        remove(world, session, by="officer")


def test_open_invitation_lets_the_newcomer_read_what_was_before(world: World) -> None:
    with world.database.writing() as session:
        before = draft(world, session)
        invitation = world.invite(session, "focal", Role.CONTRIBUTOR, STATE)
        remove(world, session, "signatory")
        world.enrol(session, "newcomer", *invitation, Role.CONTRIBUTOR)
        after = draft(world, session)

        assert opens(world, session, "newcomer", before)
        assert opens(world, session, "newcomer", after)


def test_open_invitation_to_found_survives_a_renewed_assembly(world: World) -> None:
    with world.database.writing() as session:
        before = published(world, session)
        invitation = world.invite(session, "head", Role.FOCAL_POINT, state_circle("AF03"))
        circles.renew_circle(world.context(session, "head"), ASSEMBLY)
        world.enrol(session, "third", *invitation, Role.FOCAL_POINT)

        assert opens(world, session, "third", before)


def test_invitation_of_who_left_is_void(world: World) -> None:
    with world.database.writing() as session:
        both = frozenset({Role.SIGNATORY, Role.FOCAL_POINT})
        leaver = world.people["signatory"].person_id
        circles.set_roles(world.context(session, "focal"), person_id=leaver, roles=both)
        invitation = world.invite(session, "signatory", Role.CONTRIBUTOR, STATE)
        assert invitations_by(session, leaver) == {invitation[0]}
        kept = session.get_one(InvitationKey, invitation[0])
        columns = [column.name for column in sa.inspect(InvitationKey).columns]
        row = {name: getattr(kept, name) for name in columns}
        remove(world, session, "signatory")

        with pytest.raises(InvitationOverError):
            world.enrol(session, "accomplice", *invitation, Role.CONTRIBUTOR)
        session.add(InvitationKey(**row))
        with pytest.raises(InvitationOverError):
            world.enrol(session, "accomplice", *invitation, Role.CONTRIBUTOR)


def test_circle_that_leaves_the_assembly_opens_nothing_published_later(world: World) -> None:
    leaver, loot = world.people["other_focal"], Loot(world.root)
    with world.database.writing() as session:
        before = published(world, session)
        loot.copy_rows(session)
        circles.renew_circle(world.context(session, "head"), ASSEMBLY, removing=(leaver.circle,))
        after = published(world, session)
        loot.copy_rows(session)

        assert opens(world, session, "focal", after)
        assert not opens(world, session, "other_focal", after)
        keys = {1: leaver.opened.keys.sealing}
        assert loot.opens(session, leaver.person_id, keys) == {before}
        with pytest.raises(StatementRefused):
            circles.renew_circle(world.context(session, "head"), ASSEMBLY, removing=(SECRETARIAT,))


def test_disabled_person_awaits_the_new_key_until_it_is_made(world: World) -> None:
    leaver = world.people["signatory"].person_id
    with world.database.writing() as session:
        assert circles.members_awaiting_keys(session, STATE) == frozenset()
        circles.disable_member(session, leaver, now=NOW)
        assert circles.members_awaiting_keys(session, STATE) == {leaver}
        remove(world, session, "signatory")
        assert circles.members_awaiting_keys(session, STATE) == frozenset()


def test_acts_of_a_removal_stand_in_the_log(world: World) -> None:
    with world.database.writing() as session:
        size = audit.log_state(session).size
        remove(world, session, "signatory")
        new = audit.statement_entries(session, after=size - 1)

    assert [entry.action for entry in new] == ["person.removed", "circle.versioned"]
    assert {entry.states for entry in new} == {("AF01",)}
    assert new[0].subject == world.people["signatory"].person_id


def forge_link(_world: World, session: Session) -> None:
    """A link to a key of the thief's, well sealed to the new key."""
    row = session.get_one(CircleVersionRow, (STATE, 2))
    place = link_place(directory_of(session), STATE, 2)
    row.sealed_previous = seal_link(PrivateKey.generate(), row.public_key, place)


def move_link(world: World, session: Session) -> None:
    """The link of another version."""
    remove(world, session)
    second, third = (session.get_one(CircleVersionRow, (STATE, each)) for each in (2, 3))
    second.sealed_previous = third.sealed_previous


def cut_link(_world: World, session: Session) -> None:
    session.get_one(CircleVersionRow, (STATE, 2)).sealed_previous = None


@pytest.mark.parametrize("attack", [forge_link, move_link, cut_link])
def test_wrong_link_opens_nothing(world: World, attack: Callable[[World, Session], None]) -> None:
    with world.database.writing() as session:
        before = draft(world, session)
        remove(world, session, "signatory")
        assert opens(world, session, "focal", before)
        attack(world, session)

    with world.database.reading() as session, pytest.raises(CannotOpen):
        circles.open_bundle(world.context(session, "focal"), before)


def test_rolled_back_version_is_not_sealed_to(world: World) -> None:
    with world.database.writing() as session:
        remove(world, session, "signatory")
        first = session.get_one(CircleVersionRow, (STATE, 1)).public_key
        session.get_one(CircleVersionRow, (STATE, 2)).public_key = first

    with world.database.writing() as session, pytest.raises(DirectoryChanged):
        draft(world, session)


def test_key_put_in_the_circles_place_is_not_handed_on(world: World) -> None:
    """The thief seals a key of his own to the focal point, who would then give it to the others."""
    focal = world.people["focal"]
    with world.database.writing() as session:
        circle = public_circle(session, STATE)
        session.execute(sa.delete(MembershipRow).where(MembershipRow.member == focal.person_id))
        public = focal.opened.keys.sealing.public_bytes()
        admit_member(session, circle, PrivateKey.generate(), Recipient(focal.person_id, 1, public))

    with world.database.writing() as session, pytest.raises(CannotOpen):
        remove(world, session, "signatory")
    with world.database.writing() as session, pytest.raises(CannotOpen):
        world.invite(session, "focal", Role.CONTRIBUTOR, STATE)


@pytest.mark.parametrize("table", ["member", "invitation", "circle"])
def test_swapped_public_key_stops_the_renewal(world: World, table: str) -> None:
    thief = PrivateKey.generate().public_bytes()
    with world.database.writing() as session:
        invitation_id, _halves = world.invite(session, "focal", Role.CONTRIBUTOR, STATE)
        person_id = world.people["signatory"].person_id
        if table == "member":
            session.get_one(Member, person_id).sealing_key = thief
        elif table == "invitation":
            session.get_one(InvitationKey, invitation_id).sealing_key = thief
        else:
            session.get_one(CircleVersionRow, (state_circle("AF02"), 1)).public_key = thief

    name, renew = "focal", partial(circles.renew_circle, circle=STATE)
    if table == "circle":
        name, renew = "head", partial(circles.renew_circle, circle=ASSEMBLY)
    with world.database.writing() as session, pytest.raises(DirectoryChanged):
        renew(world.context(session, name))


def test_new_keys_of_a_person_open_all_and_her_old_ones_nothing_new(world: World) -> None:
    person, loot = world.people["focal"], Loot(world.root)
    old = person.opened
    with world.database.writing() as session:
        before = draft(world, session)
        loot.copy_rows(session)
        blob = session.get_one(Member, person.person_id).sealed_keys
        person.opened = world.change_keys(session, "focal", PASSWORD + " anew")
        remove(world, session)
        after = draft(world, session)
        loot.copy_rows(session)

        assert opens(world, session, "focal", before)
        assert opens(world, session, "focal", after)
        assert loot.opens(session, person.person_id, {1: old.keys.sealing}) == {before}
        row = session.get_one(Member, person.person_id)
        assert (row.key_version, row.sealed_keys == blob) == (2, False)
        with pytest.raises(CannotOpen):
            circles.open_member(session, world.root, person_id=person.person_id, password=PASSWORD)
        assert person.opened.keys.totp_seed == old.keys.totp_seed
        person.opened = old
        with pytest.raises((CannotOpen, StatementRefused)):
            remove(world, session)


def test_bundle_signed_with_former_keys_still_opens(world: World) -> None:
    with world.database.writing() as session:
        made = bundle(world, session, "focal", BundleKind.SUBMITTED_COURT, "AF01").id
        key = circles.signing_key_of(session, world.people["focal"].person_id)
        seq = audit.log_state(session).size - 1
        world.people["focal"].opened = world.change_keys(session, "focal")
    circles.forget_verified()

    with world.database.reading() as session:
        assert opens(world, session, "court", made)
        person_id = world.people["focal"].person_id
        assert circles.signing_key_of(session, person_id, at=seq) == key
        assert circles.signing_key_of(session, person_id) != key


def test_administrator_without_circle_changes_her_keys(world: World) -> None:
    with world.database.writing() as session:
        world.people["auditor"].opened = world.change_keys(session, "auditor")
        world.open_again(session, "auditor")

        assert circles.roles_of(session, world.people["auditor"].person_id) == {Role.AUDITOR}


def test_disabled_person_gets_no_new_keys(world: World) -> None:
    with world.database.writing() as session:
        circles.disable_member(session, world.people["signatory"].person_id, now=NOW)
        with pytest.raises(CannotOpen):
            world.change_keys(session, "signatory")
