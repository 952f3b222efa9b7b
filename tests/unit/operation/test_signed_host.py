"""What the host says of its signer: the key, the doctor's line, the start that is refused."""

import stat
from datetime import UTC, datetime, timedelta

import pytest

from cooperation.audit import service as audit
from cooperation.core.clock import FixedClock
from cooperation.core.settings import Mode, Settings
from cooperation.operation import serving
from cooperation.operation.doctor import examine
from cooperation.operation.founding import found
from cooperation.vault.errors import SignerRefusedError
from cooperation.vault.signed_notes import TreeHead
from cooperation.vault.signer import Signer
from cooperation.web.checkpoints.issuing import issue_if_due, require_signer
from tests.fixtures.forged_logs import copy_of, execute, put_back


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))


@pytest.fixture
def settings(tmp_path):
    return Settings(instance_path=tmp_path, mode=Mode.TEST, boot_key_folder=tmp_path / "boot")


@pytest.fixture
def host(settings, clock):
    founded = found(settings, clock)
    yield founded
    founded.database.engine.dispose()


def grow(host, clock):
    with host.database.writing() as session:
        audit.record(session, actor=None, action="edition.prepared", at=clock.now())


def issue(host, settings, clock):
    return audit.issue_checkpoint(host.database, settings, host.root, clock)


def finding(settings, clock):
    return next(each for each in examine(settings, clock) if each.name == "checkpoint")


def test_the_logs_key_is_made_with_the_instance_for_its_owner_alone(host, settings):
    key = settings.signer_path / "key"

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.signer_path.stat().st_mode) == 0o700


def test_a_second_start_keeps_the_key(host, settings, clock):
    before = (settings.signer_path / "key").read_text()

    found(settings, clock).database.engine.dispose()

    assert (settings.signer_path / "key").read_text() == before


def test_the_doctor_says_origin_size_and_age(host, settings, clock):
    assert finding(settings, clock).finding.startswith("none yet")
    checkpoint = issue(host, settings, clock)
    clock.move(timedelta(minutes=12))

    told = finding(settings, clock)

    assert told.is_well
    assert told.finding == (
        f"{checkpoint.origin}, size {checkpoint.size}, 12 min old, no witnesses"
    )


def test_the_doctor_calls_a_checkpoint_bad_that_is_two_hours_behind(host, settings, clock):
    issue(host, settings, clock)
    clock.move(timedelta(hours=3))
    assert finding(settings, clock).is_well  # nothing happened since

    grow(host, clock)

    assert not finding(settings, clock).is_well
    assert "two hours" in finding(settings, clock).finding


def test_the_doctor_calls_a_refusing_signer_bad(host, settings, clock):
    issue(host, settings, clock)
    (settings.signer_path / "key").unlink()

    told = finding(settings, clock)

    assert not told.is_well
    assert told.finding == "The signer's key is away: put the copy of its folder back."


def test_the_doctor_calls_a_key_bad_that_others_may_read(host, settings, clock):
    issue(host, settings, clock)
    (settings.signer_path / "key").chmod(0o640)

    assert "chmod 600" in finding(settings, clock).finding


def test_the_doctor_calls_a_rewritten_checkpoint_bad(host, settings, clock):
    issue(host, settings, clock)
    execute(host.database, "UPDATE checkpoints SET root = zeroblob(32)")

    assert not finding(settings, clock).is_well


def test_the_doctor_calls_a_setting_bad_that_is_no_witnesss_key(host, settings, clock):
    wrong = settings.model_copy(update={"witnesses": "court.example"})

    assert "witnesses" in finding(wrong, clock).finding


def test_a_start_on_an_old_backup_stops_with_one_line_that_says_what_to_do(
    host, settings, clock, tmp_path
):
    issue(host, settings, clock)
    copy = copy_of(host.database, tmp_path)
    grow(host, clock)
    issue(host, settings, clock)
    put_back(host.database, copy)

    with pytest.raises(SignerRefusedError) as refused:
        serving.serve(settings, host)

    sentence = str(refused.value.sentence)
    assert "an old database was put back" in sentence
    assert "docs/operations.md, Restore" in sentence
    assert "\n" not in sentence


def test_a_start_without_the_signers_record_is_refused(host, settings, clock):
    issue(host, settings, clock)
    (settings.signer_path / "signed").unlink()

    with pytest.raises(SignerRefusedError, match="record of what it signed is away"):
        require_signer(host.database, settings, host.root.instance)


def test_no_new_key_is_made_where_there_were_checkpoints(host, settings, clock):
    issue(host, settings, clock)
    grow(host, clock)
    (settings.signer_path / "key").unlink()

    with pytest.raises(SignerRefusedError, match="key is away"):
        issue(host, settings, clock)
    with pytest.raises(SignerRefusedError, match="key is away"):
        require_signer(host.database, settings, host.root.instance)


def test_a_second_host_with_the_same_key_signs_the_same_log(host, settings, clock, tmp_path):
    first = issue(host, settings, clock)
    other = settings.model_copy(update={"signer_folder": tmp_path / "other"})
    (tmp_path / "other").mkdir(mode=0o700)
    (tmp_path / "other" / "key").write_bytes((settings.signer_path / "key").read_bytes())
    (tmp_path / "other" / "key").chmod(0o600)

    again = issue(host, other, clock)
    grow(host, clock)
    second = issue(host, other, clock)
    grow(host, clock)
    third = issue(host, settings, clock)

    assert again.note == first.note
    assert audit.log_vkey(other) == audit.log_vkey(settings)
    assert [first.size + 1, first.size + 2] == [second.size, third.size]


def test_the_log_is_signed_every_hour_if_it_has_grown(host, settings, clock):
    def size():
        issue_if_due(host.database, settings, host.root, clock)
        with host.database.reading() as session:
            return audit.latest_checkpoint(session).size

    first = size()
    grow(host, clock)
    assert size() == first
    clock.move(timedelta(minutes=61))

    assert size() == first + 1


def test_what_is_to_be_signed_is_on_the_disk_before_the_signature(
    host, settings, clock, monkeypatch
):
    seen = []

    def reach(point):
        seen.append((point, Signer(settings.signer_path).signed()))

    monkeypatch.setattr("cooperation.vault.signer.reach", reach)
    checkpoint = issue(host, settings, clock)

    head = TreeHead(checkpoint.origin, checkpoint.size, checkpoint.root)
    assert [point for point, _heads in seen] == ["signer.state_written", "signer.signed"]
    assert seen[0][1] == {head.origin: head}


@pytest.mark.parametrize("point", ["signer.state_written", "signer.signed"])
def test_a_crash_at_each_step_of_signing_costs_nothing(host, settings, clock, monkeypatch, point):
    def crash(at):
        if at == point:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("cooperation.vault.signer.reach", crash)
        with pytest.raises(KeyboardInterrupt):
            issue(host, settings, clock)
    require_signer(host.database, settings, host.root.instance)
    checkpoint = issue(host, settings, clock)
    grow(host, clock)

    assert issue(host, settings, clock).size == checkpoint.size + 1
    assert finding(settings, clock).is_well
