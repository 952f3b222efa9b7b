"""Checkpoints in the tables, the same on both engines."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from cooperation.audit import service
from cooperation.core.clock import FixedClock
from cooperation.core.db import Database
from cooperation.core.errors import NotFound
from cooperation.core.settings import Mode, Settings
from cooperation.vault.keys import SigningKey
from cooperation.vault.notes import WITNESS_KIND, cosignature, parse_note, vkey_of
from cooperation.vault.root import RootKeys
from tests.fixtures.database import engine_with_tables

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
INSTANCE = "0b5f0a3e-6a3f-4c58-9d4e-0d6b8a1f2c33"
KEY = SigningKey(bytes(range(32)))
NAME = "court.example"


class Host:
    """A log with what issues its checkpoints."""

    def __init__(self, database, folder):
        self.database = database
        self.settings = Settings(
            instance_path=folder, mode=Mode.TEST, witnesses=vkey_of(NAME, KEY, WITNESS_KIND)
        )
        self.root = RootKeys({1: bytes(range(32))}, instance=INSTANCE)
        self.clock = FixedClock(NOON)

    def grow(self):
        with self.database.writing() as session:
            return service.record(session, actor=None, action="edition.prepared", at=NOON)

    def issue(self):
        return service.issue_checkpoint(self.database, self.settings, self.root, self.clock)

    def cosign(self, checkpoint):
        text = parse_note(checkpoint.note).text
        line = cosignature(text, NAME, KEY, int(NOON.timestamp())).line
        return service.accept_cosignatures(
            self.database, self.settings, f"{text}\n{line}", self.clock.now()
        )


@pytest.fixture
def host(each_database, tmp_path):
    return Host(each_database, tmp_path)


@pytest.fixture
def small_host(database, tmp_path):
    return Host(database, tmp_path)


@pytest.fixture
def database(sqlite_address):
    """The database with all tables, in the place of this folder's smaller one."""
    engine = engine_with_tables(sqlite_address)
    yield Database(engine)
    engine.dispose()


def test_checkpoints_and_cosignatures_are_kept_and_never_changed(host):
    host.grow()
    checkpoint = host.issue()
    assert host.cosign(checkpoint) == [NAME]

    with host.database.reading() as session:
        latest = service.latest_checkpoint(session)
        assert service.verify_checkpoints(session, host.settings, INSTANCE) == 1
    assert latest.note.startswith(checkpoint.note)
    assert len(latest.witnesses) == 1
    for statement in (
        "UPDATE checkpoints SET size = 2",
        "DELETE FROM cosignatures",
        "DELETE FROM checkpoints",
    ):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            host.database.writing() as open_,
        ):
            open_.execute(sa.text(statement))


def test_many_who_sign_at_once_sign_one_growing_log(host):
    def act(_number):
        host.grow()
        return host.issue().size

    with ThreadPoolExecutor(4) as pool:
        sizes = list(pool.map(act, range(12)))

    assert max(sizes) == 12
    with host.database.reading() as session:
        assert service.verify(session).is_sound
        assert service.verify_checkpoints(session, host.settings, INSTANCE) == len(set(sizes))


def test_an_entry_is_proven_under_the_checkpoint_that_witnesses_signed(small_host):
    host = small_host
    seq = host.grow()
    cosigned = host.issue()
    host.cosign(cosigned)
    host.grow()
    newest = host.issue()

    with host.database.reading() as session:
        assert service.checkpoint_covering(session, seq).size == cosigned.size
        assert service.checkpoint_covering(session, seq + 1).size == newest.size
        assert service.checkpoint_covering(session, seq + 2) is None
        with pytest.raises(NotFound):
            service.proof_of_entry(session, seq + 1, cosigned)
        with pytest.raises(NotFound):
            service.entry_bytes(session, 99)


def test_a_log_that_did_not_grow_is_not_signed_again(small_host):
    host = small_host
    assert host.issue() is None
    host.grow()

    assert host.issue().note == host.issue().note
    assert (host.settings.signer_path / "checkpoints").read_text().count("cooperation.log") == 2
