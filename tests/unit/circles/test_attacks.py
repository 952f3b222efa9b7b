"""Somebody who writes to the database: swapped keys, injected and moved rows, a cut log."""

import shutil
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.models import Bundle, CircleVersionRow, Grant, InvitationKey, StatementRow
from cooperation.circles.rules import ASSEMBLY, COURT, SECRETARIAT, BundleKind, state_circle
from cooperation.circles.service import headers
from cooperation.circles.service.bundles import add_grant, can_open
from cooperation.circles.service.opened import OpenBundle
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, NotAllowed
from cooperation.core.ids import new_id
from cooperation.vault.envelope import ContentKey
from cooperation.vault.errors import CannotOpen, DirectoryChanged, StatementRefused
from cooperation.vault.grants import GrantPlace, seal_grant
from cooperation.vault.invitation import Package, derive_keys, new_halves, seal_package
from cooperation.vault.keys import PrivateKey, SigningKey, key_hash
from cooperation.vault.reader import Reader
from cooperation.vault.statements import Invite, Signer, moment, sign_statement
from tests.fixtures.circles import NOW
from tests.fixtures.people import World

STATE = state_circle("AF01")
PLACE = {"kind": "answer", "code": "A-01", "version": 1, "field": "value"}


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    yield
    circles.forget_verified()
    headers.forget_headers()


def restart() -> None:
    circles.forget_verified()
    headers.forget_headers()


def attack(world: World, statement: str, **values: str) -> None:
    """Change the file behind the platform's back, its triggers out of the way."""
    path = str(world.database.engine.url.database)
    with sqlite3.connect(path) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement, values)
    connection.close()


def draft(world: World, session: Session) -> OpenBundle:
    ctx = world.context(session, "focal")
    return circles.create_bundle(ctx, kind=BundleKind.DRAFT, edition="2026", state="AF01")


def submitted(world: World, session: Session) -> OpenBundle:
    kind, ctx = BundleKind.SUBMITTED_STATES, world.context(session, "focal")
    return circles.create_bundle(ctx, kind=kind, edition="2026", state="AF01")


@pytest.mark.parametrize("is_restarted", [False, True])
def test_swapped_circle_key_is_not_sealed_to(world: World, is_restarted: bool) -> None:
    with world.database.writing() as session:
        row = session.get_one(CircleVersionRow, (STATE, 1))
        row.public_key = PrivateKey.generate().public_bytes()
    if is_restarted:
        restart()

    with world.database.writing() as session, pytest.raises(DirectoryChanged):
        draft(world, session)


def test_swapped_key_of_the_assembly_stops_invitations(world: World) -> None:
    with world.database.writing() as session:
        row = session.get_one(CircleVersionRow, ("assembly", 1))
        row.public_key = PrivateKey.generate().public_bytes()

    with world.database.writing() as session, pytest.raises(DirectoryChanged):
        world.invite(session, "head", Role.FOCAL_POINT, state_circle("AF09"))


def forged_invite(world: World, signer: Signer, invitation_id: str, **halves: bytes) -> bytes:
    statement = Invite(
        invitation=invitation_id,
        action="join",
        circle=COURT,
        role="court_reader",
        sealing_hash=halves["sealing_hash"],
        signing_key=halves["signing_key"],
        at=moment(NOW),
        ends_at="2027-01-01T00:00:00Z",
    )
    with world.database.reading() as session:
        after = audit.log_state(session).root
    return sign_statement(statement, signer, instance=world.root.instance, after=after).encoded


@pytest.mark.parametrize("is_logged", [False, True])
def test_injected_invitation_admits_nobody(world: World, is_logged: bool) -> None:
    halves, invitation_id = new_halves(), new_id()
    keys = derive_keys(halves, invitation_id)
    signer = Signer(world.people["court"].person_id, SigningKey.generate())
    encoded = forged_invite(
        world,
        signer,
        invitation_id,
        sealing_hash=key_hash(keys.sealing.public_bytes()),
        signing_key=keys.signing.public_bytes(),
    )
    with world.database.writing() as session:
        seq = audit.log_state(session).size
        if is_logged:
            audit.record(
                session,
                actor=None,
                action="person.invited",
                at=NOW,
                statement=sha256(encoded).digest(),
            )
            seq = audit.number_of_last(session)
        session.add(StatementRow(seq=seq, encoded=encoded))
        package = Package(
            world.people["court"].opened.keys.anchor, COURT, 1, PrivateKey.generate().raw
        )
        session.add(
            InvitationKey(
                id=invitation_id,
                sealing_key=keys.sealing.public_bytes(),
                signing_key=keys.signing.public_bytes(),
                sealed_package=seal_package(
                    package,
                    keys.sealing.public_bytes(),
                    instance=world.root.instance,
                    invitation=invitation_id,
                ),
                is_genesis=False,
                ends_at=NOW.replace(year=2027),
            )
        )

    with (
        world.database.writing() as session,
        pytest.raises((Conflict, DirectoryChanged)),
    ):
        world.enrol(session, "thief", invitation_id, halves, Role.COURT_READER)


def test_statement_outside_the_log_stops_every_sealing(world: World) -> None:
    with world.database.writing() as session:
        size = audit.log_state(session).size
        session.add(StatementRow(seq=size, encoded=b"anything"))

    with world.database.writing() as session, pytest.raises(DirectoryChanged):
        draft(world, session)


CUTS = {
    "statements": "DELETE FROM statements WHERE seq = (SELECT max(seq) FROM statements)",
    "log": "DELETE FROM log_entries WHERE seq = (SELECT max(seq) FROM log_entries)",
}


@pytest.mark.parametrize("table", list(CUTS))
def test_cut_log_stops_every_sealing_but_not_reading(world: World, table: str) -> None:
    with world.database.writing() as session:
        bundle = draft(world, session)
        sealed = bundle.seal(**PLACE, content=b"yes")
        circles.set_roles(
            world.context(session, "focal"),
            person_id=world.people["signatory"].person_id,
            roles=frozenset({Role.CONTRIBUTOR}),
        )
        world.open_again(session, "focal")
    attack(world, CUTS[table])
    restart()

    with world.database.writing() as session:
        opened = circles.open_bundle(world.context(session, "focal"), bundle.id)
        assert opened.open(sealed, **PLACE) == b"yes"
        with pytest.raises(DirectoryChanged):
            opened.seal(**PLACE, content=b"no")


def test_rolled_back_database_is_seen_by_who_signed_in_since(world: World, tmp_path: Path) -> None:
    path = Path(str(world.database.engine.url.database))
    with world.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    world.database.engine.dispose()
    shutil.copy(path, tmp_path / "backup.db")
    with world.database.writing() as session:
        draft(world, session)
        world.open_again(session, "focal")
    world.database.engine.dispose()
    for leftover in tmp_path.glob("cooperation.db*"):
        leftover.unlink()
    shutil.copy(tmp_path / "backup.db", path)
    restart()

    with world.database.writing() as session, pytest.raises(DirectoryChanged):
        draft(world, session)


def test_running_process_notices_a_cut_log(world: World) -> None:
    with world.database.writing() as session:
        world.open_again(session, "focal")
    attack(world, CUTS["statements"])

    with world.database.writing() as session, pytest.raises(DirectoryChanged):
        draft(world, session)


def test_removed_role_statement_cannot_be_hidden(world: World) -> None:
    """The table of statements alone is cut in its middle: the log still holds the entry."""
    attack(
        world, "DELETE FROM statements WHERE seq = (SELECT seq FROM statements LIMIT 1 OFFSET 3)"
    )
    restart()

    with world.database.writing() as session, pytest.raises(DirectoryChanged):
        draft(world, session)


def test_injected_bundle_is_not_used(world: World) -> None:
    """A thief's own bundle, granted to the State, that the State would write into."""
    key, thief = ContentKey.generate(), SigningKey.generate()
    with world.database.writing() as session:
        bundle = Bundle(
            id=new_id(),
            kind="draft",
            edition="2026",
            state="AF01",
            key_id=key.key_id,
            version=headers.HEADER_VERSION,
            subject="",
            parties=STATE,
            maker=world.people["focal"].person_id,
            acting=STATE,
            created_at=NOW,
        )
        bundle.signature = thief.sign(headers.header_bytes(bundle, world.root.instance))
        audit.record(
            session,
            actor=None,
            action="bundle.created",
            at=NOW,
            statement=headers.header_hash(bundle, world.root.instance),
            subject=bundle.id,
        )
        session.add(bundle)
        session.flush()
        session.add(grant(world, session, bundle.id, key, STATE))

    with world.database.reading() as session, pytest.raises(CannotOpen):
        circles.open_bundle(world.context(session, "focal"), bundle.id)


def grant(world: World, session: Session, bundle_id: str, key: ContentKey, circle: str) -> Grant:
    row = session.get_one(CircleVersionRow, (circle, 1))
    place = GrantPlace(
        world.root.instance, bundle_id, key.key_id, circle, 1, key_hash(row.public_key)
    )
    sealed = seal_grant(key, row.public_key, place)
    name = f"{bundle_id}/{circle}"
    wrapped = world.root.wrap(sealed, table="grants", row=name, kind="grant")
    return Grant(bundle_id=bundle_id, circle=circle, circle_version=1, sealed_key=wrapped)


def test_bundle_that_is_not_in_the_log_is_not_opened(world: World) -> None:
    with world.database.writing() as session:
        bundle = draft(world, session)
    attack(world, "UPDATE bundles SET edition = '2027' WHERE id = :id", id=bundle.id)

    with world.database.reading() as session, pytest.raises(CannotOpen):
        circles.open_bundle(world.context(session, "focal"), bundle.id)


def test_header_that_is_logged_once_more_stays_where_it_was(world: World) -> None:
    """Its maker has left since: at the later place she could not have signed it."""
    with world.database.writing() as session:
        bundle = draft(world, session)
        world.join(session, "second_focal", "focal", Role.FOCAL_POINT, STATE)
        leaver = world.people["focal"].person_id
        circles.renew_circle(world.context(session, "second_focal"), STATE, removing=(leaver,))
        (entry,) = audit.entries_for(session, action="bundle.created", subject=bundle.id)
    attack(world, "DROP INDEX ix_log_entries_statement")
    with world.database.writing() as session:
        audit.record(
            session,
            actor=None,
            action=entry.action,
            at=NOW,
            subject=entry.subject,
            statement=entry.statement,
        )
    restart()

    with world.database.writing() as session:
        world.open_again(session, "second_focal")
        assert circles.open_bundle(world.context(session, "second_focal"), bundle.id)


def test_injected_grant_with_another_key_is_not_used(world: World) -> None:
    with world.database.writing() as session:
        bundle = draft(world, session)
        session.execute(sa.delete(Grant))
        forged = grant(world, session, bundle.id, ContentKey.generate(), STATE)
        session.add(forged)

    with world.database.reading() as session, pytest.raises(CannotOpen):
        circles.open_bundle(world.context(session, "focal"), bundle.id)


def test_moved_grant_opens_nothing(world: World) -> None:
    """The grant of a bundle that she may read is moved to one that she may not."""
    with world.database.writing() as session:
        target = draft(world, session)
        own = submitted(world, session)
    attack(
        world,
        "UPDATE grants SET bundle_id = :target WHERE bundle_id = :own AND circle != :circle",
        target=target.id,
        own=own.id,
        circle=STATE,
    )

    with world.database.reading() as session, pytest.raises(CannotOpen):
        circles.open_bundle(world.context(session, "officer"), target.id)


def test_grant_outside_the_audience_is_neither_given_nor_opened(world: World) -> None:
    """Whoever holds the key can seal it to anybody; nobody else's bundle opens for that."""
    other = state_circle("AF02")
    with world.database.writing() as session:
        bundle = submitted(world, session)
        for circle in (other, COURT, ASSEMBLY):
            with pytest.raises(NotAllowed):
                add_grant(world.context(session, "focal"), bundle, circle)
            session.add(grant(world, session, bundle.id, bundle._key, circle))

    with world.database.reading() as session:
        assert can_open(world.context(session, "officer"), bundle.id)
        for name in ("other_focal", "court", "facilitator"):
            assert not can_open(world.context(session, name), bundle.id)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 1},
        {"version": 3},
        {"subject": "another"},
        {"parties": f"secretariat {state_circle('AF02')}"},
        {"parties": f"court secretariat {STATE}"},
        {"acting": SECRETARIAT},
    ],
    ids=repr,
)
def test_header_that_says_something_else_opens_nothing(world: World, change) -> None:
    with world.database.writing() as session:
        bundle = submitted(world, session)
        session.execute(sa.update(Bundle).where(Bundle.id == bundle.id).values(**change))
    restart()

    with world.database.reading() as session:
        assert not can_open(world.context(session, "focal"), bundle.id)


def header(world: World, session: Session, name: str, **said: str | int) -> str:
    """Sign and log a header of submitted answers as a person with her own program could."""
    key, reader = ContentKey.generate(), world.context(session, name).reader
    known = {"version": 2, "subject": "", "parties": f"secretariat {STATE}", "acting": STATE}
    bundle = Bundle(
        id=new_id(),
        kind="submitted_states",
        edition="2026",
        state="AF01",
        key_id=key.key_id,
        maker=reader.person_id,
        created_at=NOW,
        **known | said,
    )
    bundle.signature = reader.sign(headers.header_bytes(bundle, world.root.instance))
    statement = headers.header_hash(bundle, world.root.instance)
    audit.record(
        session, actor=None, action="bundle.created", at=NOW, statement=statement, subject=bundle.id
    )
    session.add(bundle)
    session.flush()
    session.add(grant(world, session, bundle.id, key, STATE))
    return bundle.id


@pytest.mark.parametrize(
    ("name", "said", "opens"),
    [
        ("focal", {}, True),
        ("focal", {"subject": "a thread"}, True),
        ("focal", {"parties": f"court secretariat {STATE}"}, False),
        ("focal", {"parties": f"{STATE} secretariat"}, False),
        ("focal", {"parties": STATE}, False),
        ("focal", {"acting": SECRETARIAT}, False),
        ("officer", {}, False),
        ("officer", {"acting": SECRETARIAT}, False),
        ("focal", {"version": 1}, True),
        ("focal", {"version": 1, "parties": "court", "acting": COURT}, True),
        ("officer", {"version": 1}, False),
    ],
)
def test_header_counts_by_its_kind_and_for_whom_its_maker_acts(
    world: World, name: str, said: dict[str, str | int], opens: bool
) -> None:
    """One of the first version says neither, and verifies by its maker's own circle for ever."""
    with world.database.writing() as session:
        bundle_id = header(world, session, name, **said)

    with world.database.reading() as session:
        assert can_open(world.context(session, "focal"), bundle_id) is opens


def test_moved_membership_opens_nothing(world: World) -> None:
    with world.database.writing() as session:
        bundle = draft(world, session)
    attack(
        world,
        "UPDATE memberships SET member = :thief WHERE circle = :circle AND member = :focal",
        thief=world.people["other_focal"].person_id,
        focal=world.people["focal"].person_id,
        circle=STATE,
    )
    attack(world, "UPDATE grants SET circle = 'state/AF02' WHERE bundle_id = :id", id=bundle.id)

    with world.database.reading() as session, pytest.raises(CannotOpen):
        circles.open_bundle(world.context(session, "other_focal"), bundle.id)


def test_stolen_everything_without_a_session_opens_no_record(world: World) -> None:
    """The thief has every row and the root key: each sealed private key still needs a password."""
    with world.database.writing() as session:
        bundle = draft(world, session)
        sealed = bundle.seal(**PLACE, content=b"yes")
    opened = 0
    with world.database.reading() as session:
        for guess in ("password", "123456789012345", "assembly of states parties"):
            for person in world.people.values():
                try:
                    circles.open_member(
                        session, world.root, person_id=person.person_id, password=guess
                    )
                except CannotOpen:
                    continue
                opened += 1
        opened += sum(
            blind_guesses(world, session, sealed, bundle.id, person) for person in world.people
        )

    assert opened == 0


def blind_guesses(world: World, session: Session, sealed: bytes, bundle_id: str, name: str) -> int:
    """Unwrap the grant with the root key and try every 96 bytes that the rows hold as a key."""
    row = session.scalars(sa.select(Grant).where(Grant.bundle_id == bundle_id)).one()
    grant_bytes = world.root.unwrap(
        row.sealed_key, table="grants", row=f"{bundle_id}/{row.circle}", kind="grant"
    )
    public = session.get_one(CircleVersionRow, (row.circle, 1))
    bundle = session.get_one(Bundle, bundle_id)
    place = GrantPlace(
        world.root.instance, bundle_id, bundle.key_id, row.circle, 1, key_hash(public.public_key)
    )
    blob = world.root.unwrap(
        member_blob(session, world.people[name].person_id),
        table="members",
        row=world.people[name].person_id,
        kind="blob",
    )
    found = 0
    for material in (blob, public.public_key, sealed, grant_bytes):
        for start in range(0, len(material) - 96, 48):
            try:
                PrivateKey(material[start : start + 96]).open(grant_bytes, place.info())
            except CannotOpen:
                continue
            found += 1
    return found


def member_blob(session: Session, person_id: str) -> bytes:
    blob: bytes = session.scalar(
        sa.text("SELECT sealed_keys FROM members WHERE person_id = :id"), {"id": person_id}
    )
    return blob


def test_invitation_of_a_stranger_to_the_log_is_refused_at_signing(world: World) -> None:
    """A person's own key cannot speak for a circle that she does not belong to."""
    with world.database.writing() as session, pytest.raises(StatementRefused):
        world.invite(session, "other_focal", Role.CONTRIBUTOR, STATE)


def test_reader_of_another_genesis_seals_nothing(world: World) -> None:
    with world.database.writing() as session:
        ctx = world.context(session, "focal")
        keys = world.people["focal"].opened.keys
        elsewhere = keys.with_anchor(
            type(keys.anchor)(bytes(32), keys.anchor.log_size, keys.anchor.log_root)
        )
        stranger = Reader(elsewhere, instance=world.root.instance)
        other = type(ctx)(session, ctx.actor, ctx.now, ctx.root, ctx.settings, stranger)

        with pytest.raises(DirectoryChanged):
            circles.create_bundle(other, kind=BundleKind.DRAFT, edition="2026", state="AF01")
