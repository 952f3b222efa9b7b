"""Root rotation over every table that lists wrapped columns, on both engines."""

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.models import PersonRow
from cooperation.accounts.people.service.wrapped import email_lookups
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.models import Member
from cooperation.operation.rotation import TABLES
from cooperation.vault.errors import CannotOpen
from cooperation.vault.root import RootKeys
from tests.fixtures.key_acts import carriers_of
from tests.fixtures.people import INSTANCE, ROOT_KEY, World

NEW_KEY = bytes(range(64, 96))


class Rotating:
    """A world whose root key has got a second version."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.root = RootKeys({1: ROOT_KEY, 2: NEW_KEY}, instance=INSTANCE)
        world.commit()

    def begin(self) -> None:
        with self.world.database.writing() as session:
            circles.begin_rotation(session, self.root, now=self.world.now)

    def rewrap(self) -> int:
        done = (
            batch.changed
            for table in TABLES
            for batch in circles.rewrap(self.world.database, self.root, table)
        )
        return sum(done)

    def end(self) -> circles.Carried:
        with self.world.database.writing() as session:
            return circles.end_rotation(session, self.root, TABLES, now=self.world.now)


@pytest.fixture
def rotating(world: World) -> Rotating:
    world.context_of(world.person(Role.HEAD))
    return Rotating(world)


def test_after_a_rotation_nothing_carries_the_old_version(rotating):
    rotating.begin()

    changed = rotating.rewrap()

    assert changed > 0
    assert rotating.end().are_all_of(2)
    with rotating.world.database.reading() as session:
        assert carriers_of(session, 1) == []
        assert [each.version for each in audit.entries_for(session, action="root.rotated")] == [2]
        assert audit.verify(session).is_sound


def test_a_second_pass_has_nothing_left_to_do(rotating):
    rotating.begin()
    rotating.rewrap()

    assert rotating.rewrap() == 0


def test_people_sign_in_before_during_and_after_a_rotation(rotating):
    world, head = rotating.world, rotating.world.person(Role.HEAD)
    world.root = rotating.root
    rotating.begin()
    assert world.sign_in(head)
    world.commit()
    rotating.rewrap()
    assert world.sign_in(head)
    world.commit()
    world.root = RootKeys({2: NEW_KEY}, instance=INSTANCE)

    assert world.sign_in(head)


def test_an_address_is_found_under_both_versions_while_the_rotation_runs(rotating):
    new, old = email_lookups(rotating.root, rotating.world.person(Role.HEAD).email)
    wanted = sa.select(PersonRow.email_lookup).where(PersonRow.email_lookup.in_((new, old)))
    with rotating.world.database.reading() as session:
        assert session.scalars(wanted).all() == [old]

    rotating.begin()
    rotating.rewrap()

    with rotating.world.database.reading() as session:
        assert session.scalars(wanted).all() == [new]


def test_a_look_up_left_behind_by_a_change_half_way_is_found_out(rotating):
    rotating.begin()
    rotating.rewrap()
    old = RootKeys({1: ROOT_KEY}, instance=INSTANCE)
    email = rotating.world.person(Role.HEAD).email
    with rotating.world.database.writing() as session:
        session.execute(
            sa.update(PersonRow)
            .where(PersonRow.email_lookup == email_lookups(rotating.root, email)[0])
            .values(email_lookup=email_lookups(old, email)[0])
        )

    assert rotating.end().stale_lookups == 1
    assert rotating.rewrap() == 1
    assert rotating.end().are_all_of(2)


def test_a_value_that_no_version_opens_is_named_and_stops_the_end(rotating):
    with rotating.world.database.writing() as session:
        row = session.scalars(sa.select(Member).order_by(Member.person_id)).first()
        assert row is not None
        row.sealed_keys = row.sealed_keys[:-1] + bytes([row.sealed_keys[-1] ^ 1])
        person_id = row.person_id
    rotating.begin()
    rotating.rewrap()

    carried = rotating.end()

    assert carried.damaged == [f"members {person_id} sealed_keys"]
    assert not carried.are_all_of(2)
    with rotating.world.database.reading() as session:
        assert audit.entries_for(session, action="root.rotated") == []


def test_the_version_of_a_row_that_somebody_edits_is_left_alone(rotating):
    with rotating.world.database.reading() as session:
        before = dict(session.execute(sa.select(PersonRow.id, PersonRow.version)).all())
    rotating.begin()
    rotating.rewrap()

    with rotating.world.database.reading() as session:
        assert dict(session.execute(sa.select(PersonRow.id, PersonRow.version)).all()) == before


def test_without_the_new_version_nothing_opens_any_more(rotating):
    rotating.begin()
    rotating.rewrap()
    old = RootKeys({1: ROOT_KEY}, instance=INSTANCE)
    head = rotating.world.person(Role.HEAD)

    with rotating.world.database.reading() as session, pytest.raises(CannotOpen):
        circles.open_member(session, old, person_id=head.person_id, password=head.password)


class Meddling(RootKeys):
    """Lets somebody save a row between the moment a rotation reads and writes it."""

    def __init__(self, meddle) -> None:
        super().__init__({1: ROOT_KEY, 2: NEW_KEY}, instance=INSTANCE)
        self.meddle = meddle

    def unwrap(self, sealed: bytes, *, table: str, row: str, kind: str) -> bytes:
        if table == "members" and self.meddle is not None:
            meddle, self.meddle = self.meddle, None
            meddle(row)
        return super().unwrap(sealed, table=table, row=row, kind=kind)


def test_who_saves_during_a_rotation_wins_on_postgresql(postgresql_world):
    world = postgresql_world
    world.person(Role.OFFICER)
    rotating = Rotating(world)
    rotating.begin()
    saved = b"saved meanwhile"

    def save(row: str) -> None:
        fresh = rotating.root.wrap(saved, table="members", row=row, kind="blob")
        with world.database.writing() as session:
            session.get_one(Member, row).sealed_keys = fresh

    root = Meddling(save)
    for table in TABLES:
        for _batch in circles.rewrap(world.database, root, table):
            pass

    with world.database.reading() as session:
        blobs = session.execute(sa.select(Member.person_id, Member.sealed_keys)).all()
    opened = [
        root.unwrap(sealed, table="members", row=person_id, kind="blob")
        for person_id, sealed in blobs
    ]
    assert opened.count(saved) == 1
    assert rotating.end().are_all_of(2)
    with world.database.reading() as session:
        assert carriers_of(session, 1) == []


def test_everybody_is_signed_out(rotating):
    world = rotating.world
    cookie = world.sign_in(world.person(Role.OFFICER))
    world.commit()
    with world.database.writing() as session:
        accounts.end_everybodys_sessions(session)

    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=cookie)
