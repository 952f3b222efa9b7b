"""Restores that are rarer: no journal, an unsigned end, a second time; killed at each step."""

from pathlib import Path
from random import Random
from threading import Event, Thread
from time import monotonic, sleep

import pytest
import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.rules import Role
from cooperation.accounts.joining.service.closing import disable_person
from cooperation.audit import service as audit
from cooperation.core.errors import DomainError
from cooperation.demonstration.stage import Stage
from cooperation.responses.signing.service.withholding import seal_withheld
from cooperation.safekeeping import service as safekeeping
from cooperation.safekeeping.service.archive import ArchiveRefusedError
from cooperation.safekeeping.service.backing_up import PlainBackupError
from cooperation.safekeeping.service.checking import DamagedError, OtherKeyringError
from cooperation.safekeeping.service.evidence import KeyUnknownError, SignatureRefusedError
from cooperation.safekeeping.service.journal import JournalRefusedError
from cooperation.safekeeping.service.restoring import PlaceNotEmptyError
from cooperation.safekeeping.service.standing import confirm_restore, last_restore
from cooperation.vault import age
from cooperation.vault.keyring import create_keyring
from cooperation.vault.signed_notes import parse_vkey
from cooperation.vault.signer import Signer
from tests.fixtures.crashes import OWN
from tests.fixtures.keeping import Keeper, keeper_of, narrow, page_of, published_of, withheld

pytestmark = pytest.mark.slow


def test_without_a_journal_a_restore_says_that_it_cannot_know(keeper):
    taken = keeper.backup()
    narrow(keeper, *published_of(keeper))
    keeper.sign()
    there = keeper.place(journal=False)

    done = there.put_back(taken.place)

    assert not done.known.is_of_journal
    assert done.known.head.size > done.manifest.log_size
    assert withheld(there) == []


def test_the_unsigned_end_of_a_journal_counts_only_where_it_is_asked_for(keeper):
    taken = keeper.backup()
    narrow(keeper, *published_of(keeper))

    def journal_alone(stage) -> None:
        safekeeping.write_journal(stage.database, stage.settings)

    keeper.live(journal_alone)

    assert withheld(keeper.restore(taken.place)) == []
    assert withheld(keeper.restore(taken.place, with_unsigned=True)) != []


def test_a_second_restore_from_the_same_backup_takes_yet_another_name(keeper):
    taken = keeper.backup()
    keeper.sign()
    first = keeper.restore(taken.place)
    first.sign()

    second = first.restore(taken.place)

    assert len(second.entries("instance.restored")) == 2
    second.sign()


# --- damage --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def backed_up(small_instance, tmp_path_factory) -> tuple[Keeper, Path]:
    """An instance with a backup; both are only read."""
    folder = tmp_path_factory.mktemp("backed-up")
    keeper = keeper_of(small_instance.copy_to(folder / "instance"), folder)
    return keeper, keeper.backup().place


def database_in(place: Path) -> int:
    """Return where the database begins in the file of a backup in the clear."""
    return place.read_bytes().index(b"SQLite format 3\x00")


def change_cell(keeper: Keeper, place: Path, table: str, column: str) -> str:
    """Flip one byte of a stored value inside the backup's database; return its row's key."""
    content = bytearray(place.read_bytes())
    found = sa.select(sa.column(column)).select_from(sa.table(table))
    rows = keeper.rows(found.where(sa.column(column).is_not(None)).limit(1))
    value = bytes(rows[0][0])
    at = content.index(value[:200], database_in(place))
    content[at + min(60, len(value[:200]) - 1)] ^= 1
    place.write_bytes(bytes(content))
    return table


CELLS = (
    ("grants", "sealed_key"),
    ("submission_answers", "sealed"),
    ("published_answers", "sealed"),
    ("draft_answer_versions", "sealed"),
    ("response_file_chunks", "sealed"),
    ("members", "sealed_keys"),
    ("memberships", "sealed_key"),
    ("circle_versions", "public_key"),
    ("statements", "encoded"),
    ("submissions", "manifest"),
    ("people", "sealed_email"),
    ("log_entries", "canonical"),
    ("log_nodes", "hash"),
)


@pytest.mark.parametrize(("table", "column"), CELLS)
def test_a_flipped_byte_of_a_record_is_named_by_table_and_column(backed_up, table, column):
    keeper, place = backed_up
    changed = keeper.folder / f"{table}.backup"
    changed.write_bytes(place.read_bytes())
    change_cell(keeper, changed, table, column)

    with pytest.raises(DamagedError, match=f"{table} .*{column} was changed"):
        keeper.restore(changed)


def test_a_flipped_byte_anywhere_in_a_backup_is_found(backed_up):
    keeper, source = backed_up
    whole = source.read_bytes()
    random = Random(9)
    for at in [*(random.randrange(len(whole)) for _each in range(12)), 600, 5200]:
        if whole[at] == 0 and is_padding(whole, at):
            continue
        changed = bytearray(whole)
        changed[at] ^= 1 << random.randrange(8)
        place = keeper.folder / f"changed-{at}.backup"
        place.write_bytes(bytes(changed))
        with pytest.raises(DomainError):
            keeper.restore(place, keeps=False)
        place.unlink()


def is_padding(whole: bytes, at: int) -> bool:
    """Tell whether a byte is one of the zeros with which tar fills a block."""
    block = whole[at - at % 512 : at - at % 512 + 512]
    return not any(block[at % 512 :]) or block[257:262] == b"ustar"


def test_a_byte_of_the_list_of_rows_is_named_by_its_table(backed_up):
    keeper, source = backed_up
    content = bytearray(source.read_bytes())
    at = content.index(b"submission_answers\t[") + 90
    content[at] = ord("0") if content[at] != ord("0") else ord("1")
    changed = keeper.folder / "list.backup"
    changed.write_bytes(bytes(content))

    with pytest.raises(DamagedError, match="list of rows, table submission_answers"):
        keeper.restore(changed)


def test_a_changed_manifest_and_anothers_signature_are_refused(keeper):
    taken = keeper.backup()
    content = taken.place.read_bytes()
    there = keeper.place(signer=False)
    other = Signer(keeper.folder / "other")
    other.make_key()

    changed = keeper.folder / "changed.backup"
    changed.write_bytes(content.replace(b"engine sqlite", b"engine sqlitf", 1))
    with pytest.raises(SignatureRefusedError):
        keeper.restore(changed)
    with pytest.raises(KeyUnknownError):
        there.put_back(taken.place)
    with pytest.raises(SignatureRefusedError):
        there.put_back(taken.place, key=other.public_key("cooperation.log/x/1"))
    assert there.put_back(taken.place, key=parse_vkey(taken.key)).announced


def test_a_wrong_keyring_and_a_place_that_is_not_empty_are_refused(keeper):
    taken = keeper.backup()
    there = keeper.restore(taken.place)
    with pytest.raises(PlaceNotEmptyError):
        there.put_back(taken.place)

    other = keeper.place()
    other.settings.keyring_path.unlink()
    create_keyring(other.settings.keyring_path)
    with pytest.raises(OtherKeyringError, match="another instance"):
        other.put_back(taken.place)
    other.settings.keyring_path.unlink()
    create_keyring(other.settings.keyring_path, instance=keeper.theatre.root().instance)
    with pytest.raises(OtherKeyringError, match="does not open"):
        other.put_back(taken.place)
    assert not (other.settings.instance_path / "cooperation.db").exists()


def test_an_encrypted_backup_opens_with_its_identity_alone(keeper):
    identity, recipient = age.new_identity()
    another, _recipient = age.new_identity()
    taken = keeper.backup(recipients=[recipient], is_plain=False)
    content = bytearray(taken.place.read_bytes())

    with pytest.raises(ArchiveRefusedError, match="--identity"):
        keeper.restore(taken.place)
    with pytest.raises(age.NotForUsError):
        keeper.restore(taken.place, identity=another)
    assert keeper.restore(taken.place, identity=f"# mine\n{identity}\n").said
    for at in (30, 200, len(content) // 2, len(content) - 1):
        changed = bytearray(content)
        changed[at] ^= 1
        place = keeper.folder / f"changed-{at}.age"
        place.write_bytes(bytes(changed))
        with pytest.raises(DomainError):
            keeper.restore(place, identity=identity)


def test_a_backup_in_the_clear_has_to_be_asked_for(keeper):
    with pytest.raises(PlainBackupError):
        keeper.backup(is_plain=False)
    with pytest.raises(age.RecipientRefusedError):
        keeper.backup(recipients=["age1nobody"], is_plain=False)


# --- killed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", ["backup.copied", "backup.written"])
def test_a_backup_killed_at_any_step_leaves_nothing_that_looks_like_one(keeper, point):
    place = keeper.folder / "daily.backup"

    def act(stage: Stage) -> None:
        safekeeping.take_backup(
            stage.settings, stage.database, stage.root, stage.clock, place, is_plain=True
        )

    assert keeper.theatre.kill(act, point)

    assert not place.exists()
    assert all(each.name.endswith(".partial") for each in keeper.folder.glob(".daily*"))
    keeper.live(act)
    assert list(keeper.folder.glob(".daily*")) == []
    assert keeper.restore(place).theatre.wrongs() == []


@pytest.mark.parametrize(
    "point", ["restore.checked", "restore.announced", "restore.committed", "restore.placed"]
)
def test_a_restore_killed_at_any_step_leaves_nothing_or_all_of_it(keeper, point):
    taken = keeper.backup()
    there = keeper.place()

    def act(_stage: Stage) -> None:
        there.put_back(taken.place)

    def armed(stage: Stage) -> None:
        there.theatre.clock = stage.clock
        act(stage)

    assert keeper.theatre.kill(armed, point)

    if point == "restore.placed":
        assert there.entries("instance.restored")
    else:
        assert not (there.settings.instance_path / "cooperation.db").exists()
        there.put_back(taken.place)
        assert list(there.settings.instance_path.glob(".restoring*")) == []
    assert there.theatre.wrongs() == []


# --- the journal ---------------------------------------------------------------------------------


def test_a_torn_line_is_mended_and_a_shorter_log_is_found(keeper):
    keeper.sign()
    place = keeper.settings.journal_path / "entries"
    whole = place.read_bytes()
    place.write_bytes(whole[:-30])

    keeper.sign()

    assert place.read_bytes().startswith(whole)
    longer = whole.splitlines()[-1].replace(b'"seq":', b'"seq":9')
    place.write_bytes(place.read_bytes() + longer + b"\n")
    with pytest.raises(JournalRefusedError, match="shorter than its journal"):
        keeper.sign()


@pytest.mark.parametrize("point", ["journal.written", "journal.kept"])
def test_a_journal_killed_at_any_step_goes_on(keeper, point):
    def act(stage: Stage) -> None:
        safekeeping.write_journal(stage.database, stage.settings)

    assert keeper.theatre.kill(act, point)
    keeper.live(act)

    lines = (keeper.settings.journal_path / "entries").read_bytes().splitlines()
    stage = keeper.theatre.open()
    with stage.database.reading() as session:
        assert lines == audit.bytes_of_entries(session, start=0, limit=100_000)


def test_the_journal_begins_anew_after_a_restore_and_keeps_the_one_before(keeper):
    taken = keeper.backup()
    narrow(keeper, *published_of(keeper))
    keeper.sign()
    there = keeper.restore(taken.place)

    there.sign()

    names = sorted(each.name for each in there.settings.journal_path.iterdir())
    assert [each.partition(".")[0] for each in names] == ["entries", "entries"]
    there.sign()


# --- under load ----------------------------------------------------------------------------------


def test_a_backup_under_load_holds_one_moment_and_stops_nobody(keeper):
    waits: list[float] = []
    is_over = Event()

    def write() -> None:
        stage = keeper.theatre.open()
        while not is_over.is_set():
            started = monotonic()
            with stage.database.writing() as session:
                audit.record(session, actor=None, action="session.refused", at=stage.clock.now())
            waits.append(monotonic() - started)
        stage.database.engine.dispose()

    writer = Thread(target=write)
    writer.start()
    while len(waits) < 20:
        sleep(0.01)
    before = len(waits)
    taken = keeper.backup()
    during = waits[before:]
    is_over.set()
    writer.join()

    assert len(during) > 20
    assert max(during) < 2
    there = keeper.restore(taken.place)
    assert there.theatre.wrongs() == []
    assert taken.log_size < len(waits) + 700


# --- after a restore -----------------------------------------------------------------------------


def test_sealing_again_and_confirming_are_done_whole_or_not_at_all(keeper):
    taken = keeper.backup()
    narrow(keeper, *published_of(keeper))
    keeper.sign()
    there = keeper.restore(taken.place)
    signatory, head = there.theatre.player(Role.SIGNATORY, OWN), there.theatre.player(Role.HEAD)

    def seal(stage: Stage) -> None:
        with stage.acting(signatory) as ctx:
            seal_withheld(ctx)

    def confirm(stage: Stage) -> None:
        with stage.acting(head) as ctx:
            confirm_restore(ctx, last_restore(ctx).id)

    assert there.theatre.kill(seal, "resealing.resealed")
    assert withheld(there) != []
    there.live(seal)
    assert withheld(there) == []
    assert there.theatre.kill(confirm, "restore.confirmed")
    assert there.entries("restore.confirmed") == []
    there.live(confirm)
    assert len(there.entries("restore.confirmed")) == 1
    assert there.theatre.wrongs() == []


def test_whoever_lost_a_role_after_the_backup_does_not_get_it_back(keeper):
    head, administrator = (keeper.theatre.player(role) for role in (Role.HEAD, Role.ADMINISTRATOR))
    person = keeper.as_(administrator, lambda ctx: ctx.actor.person_id)
    taken = keeper.backup()

    def change(ctx: RequestContext) -> None:
        audit.record(
            ctx.session, actor=ctx.actor, action="role.granted", at=ctx.now, subject=person
        )

    keeper.as_(head, change)
    keeper.sign()
    there = keeper.restore(taken.place)

    roles = there.as_(there.theatre.player(Role.ADMINISTRATOR), lambda ctx: ctx.actor.roles)
    view = there.as_(there.theatre.player(Role.HEAD), last_restore)

    assert roles == {Role.AUDITOR}
    assert len(view.held) == 1


def note_role(keeper: Keeper, person: str) -> None:
    """Let the log say that somebody's role was changed."""

    def change(ctx: RequestContext) -> None:
        audit.record(
            ctx.session, actor=ctx.actor, action="role.granted", at=ctx.now, subject=person
        )

    keeper.as_(keeper.theatre.player(Role.OFFICER), change)


def test_the_only_head_stays_head_and_everybody_reads_it(keeper):
    head = keeper.theatre.player(Role.HEAD)
    person = keeper.as_(head, lambda ctx: ctx.actor.person_id)
    taken = keeper.backup()
    note_role(keeper, person)
    keeper.sign()
    there = keeper.place()

    done = there.put_back(taken.place)

    assert done.announced.heads == 1
    view = there.as_(there.theatre.player(Role.OFFICER), last_restore)
    assert (view.held, view.released) == ((), (head.name,))
    page = page_of(there, there.theatre.player(Role.HEAD), "/restore")
    assert "Head although the role was changed" in page
    there.as_(there.theatre.player(Role.HEAD), lambda ctx: confirm_restore(ctx, view.id))


def test_a_restore_that_leaves_no_head_says_so(keeper):
    head = keeper.theatre.player(Role.HEAD)
    person = keeper.as_(head, lambda ctx: ctx.actor.person_id)
    taken = keeper.backup()
    keeper.as_(
        keeper.theatre.player(Role.ADMINISTRATOR),
        lambda ctx: disable_person(ctx, person),
    )
    keeper.sign()

    done = keeper.place().put_back(taken.place)

    assert done.announced.heads == 0
