"""A log that was tampered with: each way of doing it is detected, and by whom (reliability R18).

`audit verify` by the rows and their tree; the host itself, at its start and at the next signature,
by what its signer signed; the witness, over HTTP, even where the whole host was forged.
"""

import importlib.util
import json
import os
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest

from cooperation.audit import service as audit
from cooperation.audit.rules import FaultKind
from cooperation.audit.service.checkpoints import head_now
from cooperation.core.db import Database
from cooperation.core.settings import Mode, Settings
from cooperation.vault.errors import SignerRefusedError
from cooperation.vault.root import RootKeys
from cooperation.web.checkpoints.issuing import require_signer
from cooperation.web.checkpoints.programs import WITNESS
from cooperation.web.factory import create_app, make_server
from cooperation.web.server import EXTENSION, Server
from tests.fixtures.browser import serving
from tests.fixtures.database import sqlite_with_tables
from tests.fixtures.forged_logs import (
    CHANGES,
    copy_of,
    execute,
    forge_signer,
    put_back,
    rewrite,
)
from tests.fixtures.old_statements import append_again, drop_the_index
from tests.fixtures.processes import run_alone
from tests.fixtures.shell import INSTANCE

ENTRIES = 11
NAME = "court.example"
ONLY_SHRUNK = {"deleted", "truncated"}
REFUSED, NOT_ASKED, NOT_TAKEN, TWICE = 1, 3, 4, 5


def load_witness():
    spec = importlib.util.spec_from_file_location("witness", WITNESS)
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


@pytest.fixture(scope="module")
def program():
    return load_witness()


@pytest.fixture(autouse=True)
def no_disk(monkeypatch):
    """What is written here need not outlive a power cut."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def witness(program, clock, tmp_path, monkeypatch, capsys):
    """A witness with her own file; called as from the command line, it returns the exit code.

    Her clock is the platform's: both stand.
    """
    monkeypatch.setattr(program, "time", SimpleNamespace(time=lambda: clock.now().timestamp()))

    def call(command, *words, state="witness.json"):
        arguments = ["witness.py", command, "--state", str(tmp_path / state), *words]
        monkeypatch.setattr(sys, "argv", arguments)
        return program.main()

    call("init", "--name", NAME)
    call.vkey = capsys.readouterr().out.strip()
    call.state = tmp_path / "witness.json"
    return call


@pytest.fixture
def held(database, root, clock, witness, tmp_path):
    """A host with a log of eleven entries and a checkpoint of them."""
    settings = Settings(instance_path=tmp_path, mode=Mode.TEST, witnesses=witness.vkey)
    held = Server(settings, database, root, clock, boot_key=bytes(32))
    grow(held, ENTRIES)
    issue(held)
    return held


@pytest.fixture(scope="module")
def application(tmp_path_factory):
    """One application for the module; each test puts its own host behind it."""
    folder = tmp_path_factory.mktemp("application")
    settings = Settings(instance_path=folder, mode=Mode.TEST, boot_key_folder=folder)
    database = Database(sqlite_with_tables(folder / "cooperation.db"))
    root = RootKeys({1: bytes(range(32))}, instance=INSTANCE)
    yield create_app(settings, make_server(settings, database=database, root=root))
    database.engine.dispose()


@pytest.fixture(scope="module")
def module_address(application):
    yield from serving(application)


@pytest.fixture
def address(application, held, module_address, monkeypatch):
    monkeypatch.setitem(application.extensions, EXTENSION, held)
    return module_address


@pytest.fixture
def look(held, address, witness):
    """Let the witness look at the served log once."""

    def run(*words, key=None):
        return witness("run", address, "--log-key", key or audit.log_vkey(held.settings), *words)

    return run


def grow(held, number=1):
    with held.database.writing() as session:
        for each in range(number):
            audit.record(
                session,
                actor=None,
                action="edition.prepared",
                at=held.clock.now(),
                edition=str(2000 + each),
            )


def issue(held):
    return audit.issue_checkpoint(held.database, held.settings, held.root, held.clock)


def start(held):
    require_signer(held.database, held.settings, held.root.instance)


def verify(held):
    with held.database.reading() as session:
        fault = audit.verify(session).fault
        if fault is None:
            audit.verify_checkpoints(session, held.settings, held.root.instance)
    return fault


def forge_host(held):
    """Let the host's signer believe in the log as it is now."""
    with held.database.reading() as session:
        forge_signer(held.settings.signer_path, head_now(session, held.root.instance))


# --- an honest log --------------------------------------------------------------------------------


def test_an_honest_log_is_found_good_by_everybody(held, look):
    assert look() == 0
    grow(held, 3)
    issue(held)

    assert look() == 0
    assert look() == 0  # nothing new
    assert verify(held) is None
    start(held)


def test_the_witnesss_signature_stands_below_the_checkpoint(held, look):
    look()

    with held.database.reading() as session:
        assert audit.latest_checkpoint(session).witnesses == (
            f"{NAME}+{audit.witness_keys(held.settings)[0].key_id.hex()}",
        )
        assert audit.witnesses_of(session, held.settings)[0].last_size == ENTRIES


# --- rows alone: audit verify names the first entry -----------------------------------------------


@pytest.mark.parametrize(
    ("kind", "statements"),
    [
        (FaultKind.CHANGED, ["UPDATE log_entries SET edition = '1999' WHERE seq = 5"]),
        (FaultKind.DELETED, ["DELETE FROM log_entries WHERE seq = 5"]),
        (
            FaultKind.REORDERED,
            [
                "UPDATE log_entries SET seq = 99 WHERE seq = 5",
                "UPDATE log_entries SET seq = 5 WHERE seq = 6",
                "UPDATE log_entries SET seq = 6 WHERE seq = 99",
            ],
        ),
        (
            FaultKind.INSERTED,
            [
                "UPDATE log_entries SET seq = seq + 100 WHERE seq > 4",
                "UPDATE log_entries SET seq = seq - 99 WHERE seq > 100",
                "INSERT INTO log_entries SELECT 5, at, actor, role, institution, action,"
                " request_id, edition, states, questions, submission, version, commitment,"
                " statement, subject, replace(canonical, 'prepared', 'forged')"
                " FROM log_entries WHERE seq = 4",
            ],
        ),
    ],
)
def test_rows_that_were_tampered_with_are_named_by_audit_verify(held, kind, statements):
    execute(held.database, *statements)

    fault = verify(held)

    assert (fault.kind, fault.seq) == (kind, 5)


def test_rows_cut_from_the_end_are_named_by_audit_verify(held):
    execute(held.database, "DELETE FROM log_entries WHERE seq >= 8")

    assert verify(held).kind is FaultKind.DELETED


def test_a_tree_cut_to_fit_the_rows_is_found_at_the_start(held):
    execute(
        held.database,
        "DELETE FROM log_entries WHERE seq >= 8",
        "DELETE FROM log_nodes WHERE (position + 1) * (1 << level) > 8",
    )

    with pytest.raises(SignerRefusedError, match="8 entries, but 11 were signed"):
        start(held)


# --- rows and whole tree replaced: found by what was signed ---------------------------------------


@pytest.mark.parametrize("how", CHANGES)
def test_a_log_rewritten_as_a_whole_is_found_at_the_start_by_audit_verify_and_the_signer(held, how):
    rewrite(held.database, CHANGES[how])

    with pytest.raises(SignerRefusedError):
        start(held)
    with pytest.raises(SignerRefusedError):
        verify(held)
    grow(held, 20)
    with pytest.raises(SignerRefusedError, match="not those that were signed"):
        issue(held)


@pytest.mark.parametrize("how", CHANGES)
def test_a_log_rewritten_together_with_the_signer_is_found_by_its_own_checkpoints(held, how):
    rewrite(held.database, CHANGES[how], with_checkpoints=False)
    forge_host(held)

    for act in (start, issue, verify):
        with pytest.raises(SignerRefusedError):
            act(held)


@pytest.mark.parametrize("how", CHANGES)
def test_a_whole_host_that_was_forged_is_refused_by_the_witness(held, look, how):
    look()
    rewrite(held.database, CHANGES[how])
    forge_host(held)
    grow(held, 0 if how == "truncated" else 3)
    issue(held)
    start(held)
    assert verify(held) is None

    assert look() == REFUSED


# --- an old backup put back -----------------------------------------------------------------------


@pytest.fixture
def old_backup(held, tmp_path):
    copy = copy_of(held.database, tmp_path)
    grow(held, 4)
    issue(held)
    return copy


def test_an_old_backup_is_refused_at_the_start(held, old_backup):
    put_back(held.database, old_backup)

    with pytest.raises(SignerRefusedError, match="11 entries, but 15 were signed"):
        start(held)


def test_nothing_is_signed_over_an_old_backup_even_once_it_has_grown(held, old_backup):
    put_back(held.database, old_backup)

    with pytest.raises(SignerRefusedError, match="an old database was put back"):
        issue(held)
    held.clock.move(timedelta(minutes=1))
    grow(held, 9)
    with pytest.raises(SignerRefusedError, match="not those that were signed"):
        issue(held)


def test_an_old_backup_of_database_and_signer_is_a_rollback_to_the_witness(
    held, look, old_backup, capsys
):
    look()
    put_back(held.database, old_backup)
    forge_host(held)

    assert look() == REFUSED
    assert "the log had 15 entries and shows 11 others: a rollback" in capsys.readouterr().err


def test_an_old_backup_of_everything_that_has_grown_is_a_fork_to_the_witness(
    held, look, old_backup, capsys
):
    look()
    put_back(held.database, old_backup)
    forge_host(held)
    held.clock.move(timedelta(minutes=1))
    grow(held, 9)
    issue(held)

    assert look() == REFUSED
    assert "not proven to be in it: a fork" in capsys.readouterr().err


# --- a statement that stands there twice ----------------------------------------------------------


def test_a_statement_that_is_appended_once_more_is_told_by_the_witness(held, look, witness, capsys):
    with held.database.writing() as session:
        (first,) = append_again(session, [("role.granted", b"signed", held.clock.now())])
    issue(held)
    assert look() == 0
    drop_the_index(held.database)
    with held.database.writing() as session:
        (again,) = append_again(session, [("role.granted", b"signed", held.clock.now())])
    assert look() == 0  # no checkpoint holds it
    issue(held)
    capsys.readouterr()

    assert look() == TWICE
    told = f"entry {again} holds the statement of entry {first} once more"
    assert told in capsys.readouterr().out
    assert json.loads(witness.state.read_text())["statements"]["twice"] == [told]
    assert look() == 0


# --- the witness by herself -----------------------------------------------------------------------


def test_both_notes_of_a_fork_are_kept_as_evidence_and_the_memory_stays(held, look, witness):
    look()
    before = json.loads(witness.state.read_text())
    rewrite(held.database, CHANGES["changed"])
    forge_host(held)
    issue(held)

    assert look() == REFUSED

    (kept,) = witness.state.parent.glob("witness.json.*.refused")
    text = kept.read_text()
    assert before["seen"]["note"] in text
    assert text.count("cooperation.log/") >= 4
    assert json.loads(witness.state.read_text()) == before


def test_a_checkpoint_under_another_key_is_refused(held, look):
    look()
    vkey = audit.log_vkey(held.settings)
    for name in ("key", "signed", "checkpoints"):
        (held.settings.signer_path / name).unlink()
    execute(held.database, "DELETE FROM cosignatures", "DELETE FROM checkpoints")
    issue(held)

    assert look(key=vkey) == REFUSED


def test_a_restored_instance_is_a_new_log_that_a_person_has_to_accept(held, look):
    look()
    with held.database.writing() as session:
        audit.record(session, actor=None, action="instance.restored", at=held.clock.now())
    checkpoint = issue(held)

    assert checkpoint.origin.endswith("/2")
    assert look() == REFUSED
    assert look("--accept-new-origin") == 0
    grow(held)
    issue(held)
    assert look() == 0


def test_the_signer_goes_on_under_the_new_name_after_a_restoration(held, old_backup):
    put_back(held.database, old_backup)
    with held.database.writing() as session:
        audit.record(session, actor=None, action="instance.restored", at=held.clock.now())

    start(held)
    assert issue(held).origin.endswith("/2")
    start(held)
    assert verify(held) is None


def test_a_witness_whom_the_platform_does_not_know_sees_the_log_all_the_same(
    held, address, witness
):
    witness("init", "--name", "other.example", state="other.json")

    code = witness("run", address, "--log-key", audit.log_vkey(held.settings), state="other.json")

    assert code == NOT_TAKEN


def test_a_platform_that_does_not_answer_is_no_refusal(held, witness):
    vkey = audit.log_vkey(held.settings)

    assert witness("run", "http://localhost:9", "--log-key", vkey) == NOT_ASKED


def test_the_witness_runs_alone_without_the_platforms_code(held, address, witness, tmp_path):
    file = tmp_path / "witness.py"
    file.write_bytes(WITNESS.read_bytes())

    key = audit.log_vkey(held.settings)

    ended = run_alone(
        *(file, "run", address, "--log-key", key, "--state", witness.state), now=held.clock.now()
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith("11 entries: cosigned\n")
    assert witness.state.stat().st_mode & 0o077 == 0
