"""Checkpoints in the tables, the same on both engines."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from cooperation.audit import service
from cooperation.core.clock import FixedClock
from cooperation.core.db import Database
from cooperation.core.errors import NotFound
from cooperation.core.settings import Mode, Settings
from cooperation.vault.errors import NoteRefusedError, SignerRefusedError
from cooperation.vault.keys import SigningKey
from cooperation.vault.root import RootKeys
from cooperation.vault.signed_notes import (
    WITNESS_KIND,
    TreeHead,
    cosignature,
    parse_note,
    to_base64,
    vkey_of,
)
from tests.fixtures.database import engine_with_tables
from tests.fixtures.forged_logs import CHANGES, rewrite

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
            service.record(session, actor=None, action="edition.prepared", at=NOON)
            return service.number_of_last(session)

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


def test_after_a_restoration_an_old_entry_is_proven_under_the_logs_new_name(small_host):
    """Although more witnesses stand below a checkpoint of the name before."""
    host = small_host
    seq = host.grow()
    host.cosign(host.issue())
    with host.database.writing() as session:
        service.record(session, actor=None, action="instance.restored", at=NOON)
    restored = host.issue()

    with host.database.reading() as session:
        found = service.checkpoint_covering(session, seq)
    assert restored.origin.endswith("/2")
    assert found.origin == restored.origin


def test_a_checkpoint_of_the_new_name_is_due_at_once_after_a_restoration(small_host):
    host = small_host
    host.grow()
    host.issue()
    with host.database.writing() as session:
        assert not service.is_checkpoint_due(session, NOON)
        service.record(session, actor=None, action="instance.restored", at=NOON)
        assert service.is_checkpoint_due(session, NOON)

    assert host.issue().origin.endswith("/2")
    with host.database.reading() as session:
        assert not service.is_checkpoint_due(session, NOON)


def test_a_log_that_did_not_grow_is_not_signed_again(small_host):
    host = small_host
    assert host.issue() is None
    host.grow()

    assert host.issue().note == host.issue().note
    assert (host.settings.signer_path / "checkpoints").read_text().count("cooperation.log") == 2


# --- the signer's folder and the database watch each other ----------------------------------------


@pytest.fixture
def signed_host(small_host):
    """A host whose log of seven entries was signed."""
    for _time in range(7):
        small_host.grow()
    small_host.issue()
    return small_host


def start(host):
    with host.database.reading() as session:
        service.require_signed_log(session, host.settings, INSTANCE)


EMPTY = '{"format":"cp/signer/1","signed":[]}'


@pytest.mark.parametrize("how", ["truncated", "changed"])
@pytest.mark.parametrize("record", [None, EMPTY], ids=["deleted", "emptied"])
def test_who_deletes_the_signers_record_still_meets_the_checkpoints(signed_host, record, how):
    folder = signed_host.settings.signer_path
    for name in ("signed", "checkpoints"):
        (folder / name).unlink()
    if record:
        (folder / "signed").write_text(record)
    rewrite(signed_host.database, CHANGES[how], with_checkpoints=False)

    with pytest.raises(SignerRefusedError):
        start(signed_host)
    with pytest.raises(SignerRefusedError):
        signed_host.issue()


def test_a_lost_record_begins_again_at_the_last_checkpoint_of_the_same_log(signed_host):
    """So does a second host, which has signed nothing yet."""
    for name in ("signed", "checkpoints"):
        (signed_host.settings.signer_path / name).unlink()
    signed_host.grow()

    start(signed_host)
    assert signed_host.issue().size == 8


def test_nothing_is_signed_with_a_key_that_was_exchanged(signed_host):
    file = signed_host.settings.signer_path / "key"
    key = to_base64(SigningKey.generate().raw)
    file.write_text(json.dumps({"format": "cp/signer/1", "key": key}))
    signed_host.grow()

    with pytest.raises(SignerRefusedError, match="not signed by this signer's key"):
        signed_host.issue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *(("key", content) for content in ("", "[]", "null", '{"key":5}', '{"key":"AA=="}')),
        *(("signed", content) for content in ("", "[]", "null", '{"signed":5}', '{"signed":[1]}')),
        ("signed", '{"signed":[{"origin":"a","size":-5,"root":"AA=="}]}'),
    ],
)
def test_a_damaged_file_of_the_signer_is_refused_in_words(signed_host, name, content):
    (signed_host.settings.signer_path / name).write_text(content)
    signed_host.grow()

    with pytest.raises(SignerRefusedError):
        signed_host.issue()


def test_a_size_that_no_column_holds_is_no_checkpoint(signed_host):
    with signed_host.database.reading() as session:
        origin = service.latest_checkpoint(session).origin
    text = TreeHead(origin, 2**63, bytes(32)).text
    line = cosignature(text, NAME, KEY, 1).line

    with pytest.raises(NoteRefusedError):
        service.accept_cosignatures(
            signed_host.database, signed_host.settings, f"{text}\n{line}", NOON
        )
