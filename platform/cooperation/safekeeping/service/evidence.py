"""What is known outside of a database about its log: signed heads, and the journal's tail."""

from bisect import bisect_left
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cooperation.audit.rules.checkpoint import ORIGIN, RESTORED
from cooperation.core.errors import Broken
from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.safekeeping.rules.manifest import Manifest, parse_manifest
from cooperation.safekeeping.rules.tail import Tail, past_act
from cooperation.safekeeping.service.journal import JournalRefusedError, read_journal
from cooperation.vault.errors import NoteRefusedError, SignerRefusedError
from cooperation.vault.merkle import leaf_hash, root_of
from cooperation.vault.signed_notes import (
    NoteKey,
    TreeHead,
    parse_note,
    parse_tree_head,
    verify_note,
)
from cooperation.vault.signer import Signer


class KeyUnknownError(Broken):
    """Nobody has said whose signature the manifest must carry."""

    sentence = _(
        "Whose log is it? Put the signer's folder in its place, or say its key: --key "
        "cooperation.log/... (printed by every backup, and on the page Checkpoints of the log)."
    )


class SignatureRefusedError(Broken):
    """The manifest or the checkpoint was not signed by the log's key, or was changed."""

    sentence = _("The manifest of this backup was not signed by the key of this log, or changed.")


@dataclass(frozen=True)
class Known:
    """The last log known outside, and what its tail says; `unsigned` lines nobody has signed.

    `is_of_journal` tells whether there was a journal that holds the backup's log; `generation` is
    the highest number that a name of this instance's log was seen with.
    """

    head: TreeHead
    generation: int
    tail: Tail
    unsigned: Tail
    is_of_journal: bool


def log_key(settings: Settings, given: NoteKey | None) -> NoteKey:
    """Return the log's public key: as given, else the signer's; raises `KeyUnknownError`."""
    if given is not None:
        return given
    signer = Signer(settings.signer_path)
    if not signer.has_key:
        raise KeyUnknownError
    return signer.public_key(ORIGIN)


def signed_manifest(note: str, key: NoteKey) -> tuple[Manifest, str]:
    """Return the manifest when the log's key has signed it, and the log's name then.

    The name changes with each restore, the key does not. Raises `SignatureRefusedError`,
    `ManifestRefusedError`.
    """
    manifest = parse_manifest(_signed_text(note, key))
    origin = parse_note(note).signatures[0].name
    if not _is_of(manifest, origin):
        raise SignatureRefusedError
    return manifest, origin


def signed_head(note: str, key: NoteKey) -> TreeHead:
    """Return a checkpoint's head when the log's key has signed it."""
    try:
        return parse_tree_head(_signed_text(note, key))
    except NoteRefusedError as failure:
        raise SignatureRefusedError from failure


def _signed_text(note: str, key: NoteKey) -> str:
    try:
        first = parse_note(note).signatures[0]
        return verify_note(note, NoteKey(first.name, key.public_key))
    except NoteRefusedError as failure:
        raise SignatureRefusedError from failure


def heads_known(
    settings: Settings, manifest: Manifest, note: str | None, key: NoteKey
) -> list[TreeHead]:
    """Return the heads of this instance's log that were signed: the signer's, and the one given.

    Every note that the signer kept counts: a copy of the journal may be older than its last one.
    """
    found = [] if note is None else [signed_head(note, key)]
    signer = Signer(settings.signer_path)
    with suppress(SignerRefusedError):  # lost: the journal and the checkpoint remain
        found += signer.signed().values()
    for kept in signer.notes():
        with suppress(SignatureRefusedError):  # torn, or not this log's
            found.append(signed_head(kept, key))
    return [each for each in found if _is_of(manifest, each.origin)]


def _is_of(manifest: Manifest, origin: str) -> bool:
    return origin.startswith(f"{ORIGIN}/{manifest.instance}/") and _generation(origin) > 0


def _generation(origin: str) -> int:
    number = origin.rpartition("/")[2]
    return int(number) if number.isdecimal() else 0


def find_known(
    manifest: Manifest, origin: str, heads: Sequence[TreeHead], journal: Path | None
) -> Known:
    """Return what is known of the log after the backup, which was of the log with this name.

    Raises `JournalRefusedError` where the journal is of another log than the backup or than what
    was signed.
    """
    here = TreeHead(origin, manifest.log_size, manifest.log_root)
    last = max([here, *heads], key=lambda head: (_generation(head.origin), head.size))
    generation = _generation(last.origin)
    lines = read_journal(journal) if journal is not None and journal.exists() else []
    if len(lines) < manifest.log_size or not lines:
        return Known(last, generation, Tail(), Tail(), is_of_journal=False)
    covered = max([here, *_heads_of(lines, heads)], key=lambda head: head.size)
    _require_roots(lines, [here, covered])
    until = covered.size
    return Known(
        head=last,
        generation=generation,
        tail=Tail([past_act(line) for line in lines[manifest.log_size : until]]),
        unsigned=Tail([past_act(line) for line in lines[until:]]),
        is_of_journal=True,
    )


def _heads_of(lines: Sequence[bytes], heads: Sequence[TreeHead]) -> list[TreeHead]:
    """Return the heads that were signed of this journal's own log.

    A log that was restored has a new name from that entry on; what the old name was signed for
    further on is another branch, which this journal is not of.
    """
    restored = [number for number, line in enumerate(lines) if past_act(line).action == RESTORED]
    return [
        head
        for head in heads
        if head.size <= len(lines)
        and _generation(head.origin) == 1 + bisect_left(restored, head.size)
    ]


def _require_roots(lines: Sequence[bytes], heads: Sequence[TreeHead]) -> None:
    leaves = [leaf_hash(line) for line in lines]
    for head in heads:
        if root_of(leaves[: head.size]) != head.root:
            raise JournalRefusedError(
                _(
                    "The first %(size)s entries of the journal are not those that were signed.",
                    size=head.size,
                )
            )
