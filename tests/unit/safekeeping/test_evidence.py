"""What is believed of a journal: what a checkpoint of its own log covers, and nothing else."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cooperation.core.settings import Settings
from cooperation.safekeeping.rules.manifest import Counted, Manifest
from cooperation.safekeeping.service.evidence import (
    Known,
    SignatureRefusedError,
    find_known,
    heads_known,
)
from cooperation.safekeeping.service.journal import JournalRefusedError
from cooperation.vault.merkle import leaf_hash, root_of
from cooperation.vault.signed_notes import TreeHead, signed_note
from cooperation.vault.signer import Signer

INSTANCE = "433a340e-6985-4c77-b19f-3c0dd79a51bc"
TAKEN = 3


def origin(generation: int) -> str:
    return f"cooperation.log/{INSTANCE}/{generation}"


def entry(number: int, action: str = "person.disabled") -> bytes:
    scope = {"edition": None, "states": [], "questions": [], "submission": None}
    content = {
        "seq": number,
        "at": "2026-11-22T09:00:00.000Z",
        "action": action,
        "scope": scope,
        "subject": f"person-{number}",
        "commitment": None,
    }
    return json.dumps(content, sort_keys=True).encode()


class Outside:
    """What is kept outside of the database: a signer, a journal, a backup's manifest."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(instance_path=folder)
        self.signer = Signer(self.settings.signer_path)
        self.signer.make_key()
        self.key = self.signer.public_key(origin(1))

    def sign(self, lines: list[bytes], size: int, generation: int = 1) -> str:
        leaves = [leaf_hash(line) for line in lines]
        head = TreeHead(origin(generation), size, root_of(leaves[:size]))
        note = signed_note(head.text, head.origin, self.signer._key())
        self.signer._record({**self.signer.signed(), head.origin: head})
        self.signer._append(note)
        return note

    def backup(self, lines: list[bytes], size: int = TAKEN) -> Manifest:
        return Manifest(
            instance=INSTANCE,
            taken=datetime(2026, 11, 22, 9, tzinfo=UTC),
            engine="sqlite",
            revision="0021",
            root_versions=(1,),
            log_size=size,
            log_root=root_of([leaf_hash(line) for line in lines[:size]]),
            tables={},
            parts={name: Counted(0, "00" * 32) for name in ("rows", "database")},
        )

    def known(
        self, manifest: Manifest, journal: list[bytes], *, note: str | None = None, of: int = 1
    ) -> Known:
        place = self.settings.instance_path / "entries"
        place.write_bytes(b"".join(line + b"\n" for line in journal))
        heads = heads_known(self.settings, manifest, note, self.key)
        return find_known(manifest, origin(of), heads, place)


@pytest.fixture
def outside(tmp_path) -> Outside:
    return Outside(tmp_path)


LOG = [entry(number) for number in range(10)]


def seqs(known: Known) -> tuple[list[int], list[int]]:
    return [each.seq for each in known.tail.acts], [each.seq for each in known.unsigned.acts]


def test_a_journal_copied_before_the_last_signature_is_believed_up_to_the_one_before(outside):
    for size in (5, 7, 9):
        outside.sign(LOG, size)

    known = outside.known(outside.backup(LOG), LOG[:8])

    assert seqs(known) == ([3, 4, 5, 6], [7])
    assert known.head.size == 9


def test_a_forged_end_of_a_journal_stays_unsigned(outside):
    outside.sign(LOG, 5)
    forged = [*LOG[:5], entry(5, "bundle.destroyed"), entry(6, "instance.restored"), entry(7)]

    known = outside.known(outside.backup(LOG), forged)

    assert seqs(known) == ([3, 4], [5, 6, 7])


@pytest.mark.parametrize("place", [1, 4])
def test_a_changed_line_before_the_last_signature_is_refused(outside, place):
    outside.sign(LOG, 5)
    forged = [*LOG[:place], entry(place, "session.refused"), *LOG[place + 1 :]]

    with pytest.raises(JournalRefusedError):
        outside.known(outside.backup(LOG), forged)


def test_an_invented_restore_makes_nobody_believe_what_follows_it(outside):
    outside.sign(LOG, 5)
    forged = [*LOG[:3], entry(3, "instance.restored"), entry(4)]

    known = outside.known(outside.backup(LOG), forged)

    assert seqs(known) == ([], [3, 4])
    assert known.head.size == 5


def test_a_backup_of_before_an_earlier_restore_goes_with_the_journal_of_after_it(outside):
    outside.sign(LOG, 9)
    restored = [*LOG[:6], entry(6, "instance.restored"), entry(7, "role.granted"), entry(8)]
    outside.sign(restored, 8, generation=2)

    known = outside.known(outside.backup(LOG), restored)

    assert seqs(known) == ([3, 4, 5, 6, 7], [8])
    assert (known.head.origin, known.head.size, known.generation) == (origin(2), 8, 2)


def test_a_checkpoint_of_another_key_and_a_note_changed_in_the_folder_count_for_nothing(
    outside, tmp_path
):
    outside.sign(LOG, 5)
    other = Outside(tmp_path / "other")
    foreign = other.sign(LOG, 9)
    kept = outside.settings.signer_path / "checkpoints"
    kept.write_text(kept.read_text() + foreign + "\ntorn " + foreign.replace("\n9\n", "\n8\n"))

    known = outside.known(outside.backup(LOG), LOG)

    assert seqs(known)[0] == [3, 4]
    with pytest.raises(SignatureRefusedError):
        outside.known(outside.backup(LOG), LOG, note=foreign)


def test_a_checkpoint_that_a_witness_kept_tells_more_than_an_old_copy_of_the_signer(outside):
    outside.sign(LOG, 5)
    old = {each.name: each.read_bytes() for each in outside.settings.signer_path.iterdir()}
    note = outside.sign(LOG, 9)
    for name, content in old.items():
        (outside.settings.signer_path / name).write_bytes(content)

    known = outside.known(outside.backup(LOG), LOG, note=note)

    assert known.head.size == 9
    assert seqs(known) == ([3, 4, 5, 6, 7, 8], [9])


def test_a_journal_of_another_log_is_refused(outside):
    other = replace(outside.backup(LOG), log_root=bytes(32))

    with pytest.raises(JournalRefusedError):
        outside.known(other, LOG)
